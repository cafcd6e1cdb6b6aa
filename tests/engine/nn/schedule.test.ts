import { expect, test } from 'vitest';
import { learningRateAt } from '#engine/nn/schedule.ts';

test('rises along a line, falls along a half cosine', () => {
  const rates = Array.from({ length: 9 }, (_, step) => learningRateAt('cosine', step, 8, 2, 1));
  expect(rates.slice(0, 3)).toEqual([0, 0.5, 1]);
  expect(rates[5]).toBeCloseTo(0.5, 12);
  expect(rates[8]).toBeCloseTo(0, 12);
});

test('falls along a line, or stays', () => {
  expect(learningRateAt('linear', 5, 8, 2, 1)).toBeCloseTo(0.5, 12);
  expect(learningRateAt('linear', 9, 8, 2, 1)).toBe(0);
  expect(learningRateAt('constant', 7, 8, 2, 3)).toBe(3);
  expect(learningRateAt('constant', 0, 8, 0, 3)).toBe(3);
});
