import { expect, test } from 'vitest';
import { calibrationError } from '#engine/training/maths/calibration.ts';
import { correlation } from '#engine/training/maths/statistics.ts';
import { goldenFixture } from '../../golden/load.ts';

const fixture = goldenFixture<{
  calibration: { probabilities: number[]; outcomes: number[]; expected_calibration_error: number };
  correlations: { x: number[]; y: number[]; pearson: number }[];
}>('statistics');

test('expected calibration error', () => {
  const { probabilities, outcomes, expected_calibration_error } = fixture.calibration;
  expect(Math.abs(calibrationError(probabilities, outcomes) - expected_calibration_error)).toBeLessThan(1e-9);
});

test('Pearson correlation', () => {
  for (const { x, y, pearson } of fixture.correlations) expect(Math.abs(correlation(x, y)! - pearson)).toBeLessThan(1e-9);
});
