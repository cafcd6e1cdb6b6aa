import { expect, test } from 'vitest';
import { tintOf, valuesOf } from '../../../src/renderer/train/token-heat.ts';

const tokens = { tokens: ['a', 'b', 'c'], logRatios: [0.5, -1, 0], rewards: [-0.1, -0.2, 1] };

test('rewards are read as they add up, the rest as it stands; what a method has not is null', () => {
  expect(valuesOf(tokens, 'logRatios')).toEqual([0.5, -1, 0]);
  expect(valuesOf(tokens, 'rewards')?.map((value) => Number(value.toFixed(6)))).toEqual([-0.1, -0.3, 0.7]);
  expect(valuesOf(tokens, 'values')).toBeNull();
});

test('the tint is a share of the largest, and a calm answer stays pale', () => {
  expect(tintOf(-2, [1, -4])).toBe(-0.5);
  expect(tintOf(0.1, [0.1, -0.05])).toBeCloseTo(0.2, 12);
});
