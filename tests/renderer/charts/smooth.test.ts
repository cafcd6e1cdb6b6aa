import { describe, expect, it } from 'vitest';
import { lastMeasured, meanEndingAt, smoothingWindow, thin } from '../../../src/renderer/charts/smooth.ts';

/** The definition, read slowly: the mean of the last `window` measured values up to here. */
function slowMean(values: (number | null)[], window: number) {
  return values.map((value, index) => {
    if (value === null) return null;
    const measured = values.slice(0, index + 1).filter((other) => other !== null);
    const recent = measured.slice(-window);
    return recent.reduce((sum, other) => sum + other, 0) / recent.length;
  });
}

const meanOf = (values: (number | null)[], window: number) => values.map((_, index) => meanEndingAt(values, index, window));

describe('meanEndingAt', () => {
  it('agrees with the slow mean, gaps included', () => {
    const values = Array.from({ length: 200 }, (_, index) => (index % 7 === 3 ? null : Math.sin(index) * 10));
    const fast = meanOf(values, 8);
    slowMean(values, 8).forEach((slow, index) => {
      if (slow === null) expect(fast[index]).toBeNull();
      else expect(fast[index]).toBeCloseTo(slow, 10);
    });
  });

  it('does not change what is already drawn when a value is added', () => {
    const values = [1, 5, 2, 8, 3];
    expect(meanOf([...values, 100], 3).slice(0, 5)).toEqual(meanOf(values, 3));
  });
});

describe('smoothingWindow', () => {
  it('leaves short runs as they are and bounds long ones', () => {
    expect([5, 20, 400, 50_000].map(smoothingWindow)).toEqual([1, 3, 8, 25]);
  });
});

describe('thin', () => {
  it('keeps the lowest and the highest value of a long line', () => {
    const y = Array.from({ length: 50_000 }, (_, index) => Math.sin(index / 100));
    y[31_234] = 9;
    y[12_345] = -9;
    const points = thin(
      y.map((_, index) => index),
      y,
      80,
    );
    expect(points.length).toBeLessThanOrEqual(160);
    expect(points).toContainEqual([31_234, 9]);
    expect(points).toContainEqual([12_345, -9]);
    expect(points.every((point, index) => index === 0 || point[0] > points[index - 1]![0])).toBe(true);
  });
});

describe('lastMeasured', () => {
  it('skips what was not measured', () => {
    expect(lastMeasured([1, 2, null])).toBe(1);
    expect(lastMeasured([null])).toBe(-1);
  });
});
