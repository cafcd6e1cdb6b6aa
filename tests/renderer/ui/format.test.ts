import { describe, expect, it } from 'vitest';
import { formatAgo, formatBytes, formatDuration, formatEstimate, formatNumber } from '../../../src/renderer/ui/format.ts';

const estimate = (value: number, low: number, high: number) => ({ value, low, high, n: 100 });

describe('numbers with uncertainty', () => {
  it('writes shares without decimals and their interval in brackets', () => {
    expect(formatEstimate(estimate(0.592, 0.481, 0.699), 'percent')).toBe('59% [48, 70]');
  });
  it('signs differences and uses a true minus', () => {
    expect(formatEstimate(estimate(0.64, 0.5, 0.78), 'signed')).toBe('+0.64 [0.50, 0.78]');
    expect(formatEstimate(estimate(0.1, -0.2, 0.4), 'signed')).toBe('+0.10 [−0.20, +0.40]');
    expect(formatNumber(-1.5, 'plain', 1)).toBe('−1.5');
    expect(formatNumber(-0.001, 'signed')).toBe('0.00');
  });
  it('keeps what is not a number visible', () => {
    expect(formatNumber(Number.NaN, 'plain')).toBe('not a number');
  });
});

describe('times and sizes', () => {
  it('writes them as people say them', () => {
    expect(formatDuration(52)).toBe('52 s');
    expect(formatDuration(840)).toBe('14 min');
    expect(formatDuration(12_000)).toBe('3 h 20 min');
    expect(formatAgo(0, 16 * 60_000)).toBe('16 min ago');
    expect(formatAgo(0, 26 * 3_600_000)).toBe('yesterday');
    expect(formatBytes(3_800_000)).toBe('3.8 MB');
    expect(formatBytes(271_000_000)).toBe('271 MB');
  });
});
