import { expect, test } from 'vitest';
import { Random } from '#engine/nn/random.ts';
import { draw, warp } from '#engine/sampling/warp.ts';

const plain = { temperature: 1, topK: 0, topP: 1 };

test('draws come as often as their probabilities say', () => {
  const probabilities = warp([0, 1, Number.NEGATIVE_INFINITY, 2], plain);
  const random = Random.from(1);
  const counts = [0, 0, 0, 0];
  const n = 50_000;
  for (let i = 0; i < n; i++) counts[draw(probabilities, random)]!++;
  counts.forEach((count, i) => {
    expect(Math.abs(count / n - probabilities[i]!)).toBeLessThan(0.01);
  });
  expect(counts[2]).toBe(0);
});

test('one draw takes one number from the generator, and rounding never yields an impossible token', () => {
  const random = Random.from(2);
  const twin = Random.from(2);
  draw(warp([1, 2, 3], plain), random);
  twin.uniform();
  expect(random.state()).toEqual(twin.state());
  const short = Float64Array.of(0.5, 0.4, 0); // sums to .9: a draw beyond it
  for (let i = 0; i < 100; i++) expect(draw(short, random)).toBeLessThan(2);
});

test('a given array is filled, whatever it held', () => {
  const into = new Float64Array(3).fill(9);
  expect(warp([1, 2, 3], plain, into)).toBe(into);
  expect(into).toEqual(warp([1, 2, 3], plain));
});

test('NaN is an error, not a token', () => {
  expect(() => warp([1, Number.NaN, 2], plain)).toThrow(/no longer gives numbers/);
  expect(() => warp([Number.NaN], { ...plain, topK: 5, topP: 0.5 })).toThrow(/no longer gives numbers/);
});
