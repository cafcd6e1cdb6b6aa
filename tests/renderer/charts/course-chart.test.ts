import { expect, test } from 'vitest';
import { courseChart } from '../../../src/renderer/charts/course-chart.ts';

const course = [
  { step: 0, kl: 0, proxy: 0, gold: 1 },
  { step: 1, kl: 4, proxy: 1, gold: 2 },
  { step: 2, kl: 3, proxy: 1.5, gold: -1 },
];

test('a course over its steps ends with its last values, against gold of SFT', () => {
  const spec = courseChart(course, 'step', 12, [-1, 2], 200);
  expect(spec).toMatchObject({ x: [0, 1, 2], from: 0, to: 12, references: [{ y: 1 }] });
  expect(spec.series.map(({ values, label }) => [values, label])).toEqual([
    [[1, 2, -1], 'gold −1.00'],
    [[0, 1, 1.5], 'proxy +1.50'],
  ]);
});

test('over KL the rows are in order of KL, as a chart’s x must be', () => {
  const spec = courseChart(course, 'kl', 5, [], 200);
  expect(spec.x).toEqual([0, 3, 4]);
  expect(spec.series[0]!.values).toEqual([1, -1, 2]);
});

test('a course without SFT has no reference, and one without rows no values', () => {
  expect(courseChart(course.slice(1), 'step', 2, [], 200).references).toEqual([]);
  expect(courseChart([], 'step', 2, [], 200)).toMatchObject({ x: [], series: [{ label: 'gold' }, { label: 'proxy' }] });
});
