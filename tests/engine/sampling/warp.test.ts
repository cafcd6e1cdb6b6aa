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

test.each([1, 2, 3, 50, 499, 500])('top-%i and top-p of many logits, ties among them, are those of whole sorts', (k) => {
  const random = Random.from(3, k);
  for (let round = 0; round < 40; round++) {
    const logits = Array.from({ length: 500 }, () => Math.round(8 * random.normal()) / 2);
    const topP = 0.05 + 0.9 * random.uniform();
    const sorted = [...logits].sort((a, b) => b - a);
    const weights = logits.map((logit) => (logit < sorted[k - 1]! ? 0 : Math.exp(logit - sorted[0]!)));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const ascending = [...weights.keys()].sort((a, b) => weights[a]! - weights[b]! || a - b);
    let dropped = 0;
    for (const i of ascending.slice(0, -1)) {
      dropped += weights[i]! / total;
      if (dropped > 1 - topP) break;
      weights[i] = 0;
    }
    const kept = warp(logits, { temperature: 1, topK: k, topP });
    expect([...kept].map((p) => p > 0)).toEqual(weights.map((weight) => weight > 0));
  }
});
