import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { meanEstimate, proportion, wilsonInterval } from '#shared/statistics.ts';

const fixture = z.object({
  proportion_intervals: z.array(
    z.object({ successes: z.number(), n: z.number(), alpha: z.number(), wilson: z.tuple([z.number(), z.number()]) }),
  ),
});
const file = join(process.env.PLUMBLINE_GOLDEN ?? 'tests/golden', 'statistics', 'fixture.json');

/** z with P(|Z| > z) = alpha, by bisection on the normal integral (Simpson): slow, and independent of the constant in the code. */
function quantile(alpha: number): number {
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const within = (x: number) => {
    const steps = 2000;
    let sum = density(0) + density(x);
    for (let i = 1; i < steps; i++) sum += (i % 2 ? 4 : 2) * density((x * i) / steps);
    return (2 * sum * x) / steps / 3;
  };
  let low = 0;
  let high = 10;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (within(middle) < 1 - alpha) low = middle;
    else high = middle;
  }
  return low;
}

test('Wilson intervals equal the golden ones', () => {
  for (const row of fixture.parse(JSON.parse(readFileSync(file, 'utf8'))).proportion_intervals) {
    const { low, high } = wilsonInterval(row.successes, row.n, quantile(row.alpha));
    expect(Math.abs(low - row.wilson[0])).toBeLessThan(1e-9);
    expect(Math.abs(high - row.wilson[1])).toBeLessThan(1e-9);
  }
});

test('Wilson bounds solve |p̂ − p| = z·√(p(1−p)/n), also with half wins', () => {
  for (const [successes, n] of [
    [3.5, 20],
    [12, 13],
    [100.5, 200],
  ] as const) {
    const { low, high } = wilsonInterval(successes, n);
    for (const p of [low, high]) {
      expect(Math.abs(successes / n - p)).toBeCloseTo(1.959963984540054 * Math.sqrt((p * (1 - p)) / n), 10);
    }
  }
});

test('nothing observed is nothing known', () => {
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
  expect(proportion(0, 0)).toBeNull();
  expect(meanEstimate([])).toBeNull();
});

test('a mean and its interval, by hand', () => {
  // 1, 2, 3, 4: mean 2.5, unbiased variance 5/3, half width 1.96·√(5/12).
  const estimate = meanEstimate([1, 2, 3, 4])!;
  expect(estimate.value).toBe(2.5);
  expect(estimate.high - estimate.value).toBeCloseTo(1.959963984540054 * Math.sqrt(5 / 12), 12);
});
