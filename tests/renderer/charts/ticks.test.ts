import { describe, expect, it } from 'vitest';
import { tickWords, valueRange } from '../../../src/renderer/charts/ticks.ts';

describe('tickWords', () => {
  it('gives all ticks the same digits, a sign where asked, and a real minus', () => {
    expect(tickWords([-0.2, 0, 0.2, 1.2], true)).toEqual(['−0.2', '0.0', '+0.2', '+1.2']);
    expect(tickWords([0, 5, 10], false)).toEqual(['0', '5', '10']);
    expect(tickWords([0, 20_000], false)).toEqual(['0', '20,000']);
    expect(tickWords([0, 0.25, 0.5], false)).toEqual(['0.00', '0.25', '0.50']);
    expect(tickWords([0, 0.005], false)).toEqual(['0.000', '0.005']);
  });
});

describe('valueRange', () => {
  it('leaves room around the data and shows what it must', () => {
    const [low, high] = valueRange(1, 2, [0]);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(2);
    expect(valueRange(3, 3)[0]).toBeLessThan(3);
    expect(valueRange(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)).toEqual([0, 1]);
  });
});
