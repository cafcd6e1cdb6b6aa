import type { Estimate } from './domain.ts';

/** z of a two-sided 95% interval. */
export const z95 = 1.959963984540054;

/**
 * Wilson's score interval for a proportion (Wilson 1927): the p with |p̂ − p| ≤ z·√(p(1−p)/n).
 * `successes` may be fractional (a tie is half a win). Within [0, 1]; with n = 0 nothing is known and it is [0, 1].
 */
export function wilsonInterval(successes: number, n: number, z = z95): { low: number; high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const share = successes / n;
  const shrink = 1 + (z * z) / n;
  const center = (share + (z * z) / (2 * n)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  // At 0 and n successes the bound is exact; rounding must not leave it at 1e-17.
  return { low: successes === 0 ? 0 : Math.max(0, center - half), high: successes === n ? 1 : Math.min(1, center + half) };
}

/** A proportion with its 95% Wilson interval; null without observations. */
export function proportion(successes: number, n: number): Estimate | null {
  if (n === 0) return null;
  return { value: successes / n, ...wilsonInterval(successes, n), n };
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** A mean with its 95% interval, mean ± z·s/√n with the unbiased s (normal approximation); null without values, [v, v] for a single one. */
export function meanEstimate(values: readonly number[]): Estimate | null {
  const n = values.length;
  if (n === 0) return null;
  const value = mean(values);
  let squares = 0;
  for (const x of values) squares += (x - value) ** 2;
  const half = n === 1 ? 0 : z95 * Math.sqrt(squares / (n - 1) / n);
  return { value, low: value - half, high: value + half, n };
}

/** Under this many observations a share is shown as a count, "11 of 14", never as a percentage (spec/algorithms.md, Reward model; design.md). */
export const fewObservations = 20;
