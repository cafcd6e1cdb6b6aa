/** Each formula against a second computation that shares nothing with it but the definition: plain loops over seeded numbers. */

import { describe, expect, test } from 'vitest';
import { episodeScore, generalizedAdvantages, tokenRewards, whiten } from '#engine/training/maths/advantages.ts';
import { bradleyTerryLoss, negativeLogSigmoid, pairAccuracy, pairTarget, rewardScale } from '#engine/training/maths/bradley-terry.ts';
import { calibrationError } from '#engine/training/maths/calibration.ts';
import { sequenceKl, tokenKl } from '#engine/training/maths/kl.ts';
import { correlation, explainedVariance, flat, mean, variance } from '#engine/training/maths/statistics.ts';

/** A linear congruential generator (Numerical Recipes): numbers in (−1, 1). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

describe('advantages', () => {
  test('GAE is the double sum Σ_l (γλ)^l δ_{t+l}', () => {
    const next = numbers(1);
    for (const [length, gamma, lambda] of [
      [1, 1, 0.95],
      [7, 0.9, 0.8],
      [40, 1, 1],
      [13, 0.99, 0],
    ] as const) {
      const r = Array.from({ length }, next);
      const v = Array.from({ length }, next);
      const { advantages, returns } = generalizedAdvantages(r, v, gamma, lambda);
      for (let t = 0; t < length; t++) {
        let expected = 0;
        for (let l = 0; t + l < length; l++) {
          const following = t + l + 1 < length ? v[t + l + 1]! : 0;
          expected += (gamma * lambda) ** l * (r[t + l]! + gamma * following - v[t + l]!);
        }
        expect(advantages[t]).toBeCloseTo(expected, 10);
        expect(returns[t]).toBeCloseTo(expected + v[t]!, 10);
      }
    }
  });

  test('with γ = λ = 1 the return is the sum of the rewards that follow', () => {
    const { returns } = generalizedAdvantages([1, 2, 3], [5, -4, 9], 1, 1);
    expect([...returns]).toEqual([6, 5, 3]);
  });

  test('whitening gives mean 0 and unbiased variance 1 over all tokens, or keeps the mean', () => {
    const next = numbers(2);
    const rows = [3, 1, 8].map((length) => Float64Array.from({ length }, () => 4 + 3 * next()));
    const white = flat(whiten(rows));
    expect(mean(white)).toBeCloseTo(0, 10);
    expect(variance(white, 1)).toBeCloseTo(1, 6);
    expect(mean(flat(whiten(rows, true)))).toBeCloseTo(mean(flat(rows)), 10);
    expect(whiten([Float64Array.of(3)])[0]).toEqual(Float64Array.of(0));
  });

  test('the score sits on the last response token; KL is clipped before −β', () => {
    expect([...tokenRewards([1, -20, 0.5], 2, 0.1, 10)]).toEqual([-0.1, 1, 2 - 0.05]);
    expect([...tokenRewards([20], 0, 0.5, 0)]).toEqual([-10]);
  });

  test('an unfinished answer has its score replaced when that is on', () => {
    const settings = { scoreClip: 10, penalizeMissingEos: true, missingEosScore: -1 };
    expect(episodeScore(3, false, settings)).toBe(-1);
    expect(episodeScore(3, false, { ...settings, penalizeMissingEos: false })).toBe(3);
    expect(episodeScore(30, true, settings)).toBe(10);
    expect(episodeScore(-30, true, { ...settings, scoreClip: 0 })).toBe(-30);
  });
});

describe('KL', () => {
  test('estimators against their definitions; k3 is never negative, also where it cancels', () => {
    const next = numbers(3);
    for (let i = 0; i < 200; i++) {
      const lp = 5 * next();
      const rp = lp + next() * 10 ** -Math.floor(Math.abs(next()) * 9);
      expect(tokenKl('k1', lp, rp)).toBe(lp - rp);
      expect(tokenKl('k2', lp, rp)).toBeCloseTo((lp - rp) ** 2 / 2, 12);
      expect(tokenKl('k3', lp, rp)).toBeCloseTo(Math.exp(rp - lp) - 1 - (rp - lp), 10);
      expect(tokenKl('k3', lp, rp)).toBeGreaterThanOrEqual(0);
    }
    expect(sequenceKl('k1', [1, 2], [0.5, 3])).toBe(-0.5);
  });
});

describe('reward model', () => {
  test('the loss is cross-entropy of the soft target, and finite far out', () => {
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    const next = numbers(4);
    for (let i = 0; i < 100; i++) {
      const [c, r, m, p] = [3 * next(), 3 * next(), Math.abs(next()), Math.abs(next())];
      const expected = -(p * Math.log(sigmoid(c - r - m)) + (1 - p) * Math.log(sigmoid(r - c - m))) + 0.01 * (c + r) ** 2;
      expect(bradleyTerryLoss(c, r, { softTarget: p, margin: m }, 0.01)).toBeCloseTo(expected, 10);
    }
    expect(negativeLogSigmoid(-800)).toBe(800);
    expect(negativeLogSigmoid(800)).toBe(0);
  });

  test('a tie has no margin, whatever its strength', () => {
    expect(pairTarget({ softTarget: 0.5, strength: 3 }, [0, 0.5, 1])).toEqual({ softTarget: 0.5, margin: 0 });
    expect(pairTarget({ softTarget: 1, strength: 2 }, [0, 0.5, 1])).toEqual({ softTarget: 1, margin: 0.5 });
  });

  test('accuracy leaves ties out, or counts them half', () => {
    expect(pairAccuracy([1, 0, 5, 0], [0, 1, 5, 2], [1, 1, 0.5, 0])).toEqual({
      correct: 2,
      untied: 3,
      accuracy: 2 / 3,
      accuracyTiesHalf: 2.5 / 4,
    });
    expect(pairAccuracy([], [], [])).toEqual({ correct: 0, untied: 0, accuracy: null, accuracyTiesHalf: null });
  });

  test('gain and bias give population mean 0 and deviation 1; constant rewards keep their scale', () => {
    const raw = [3, 5, 1, 9, 2.5];
    const { gain, bias } = rewardScale(raw);
    const scaled = raw.map((r) => gain * r + bias);
    expect(mean(scaled)).toBeCloseTo(0, 12);
    expect(variance(scaled, 0)).toBeCloseTo(1, 12);
    expect(rewardScale([2, 2, 2])).toEqual({ gain: 1, bias: -2 });
  });

  test('calibration bins are closed on the left, the last on both sides', () => {
    expect(calibrationError([0.3, 0.3], [0, 1])).toBeCloseTo(0.2, 12);
    expect(calibrationError([1, 1], [1, 0])).toBeCloseTo(0.5, 12);
    // .1 opens the second bin, so it does not cancel against .05.
    expect(calibrationError([0.05, 0.1], [0.1, 0])).toBeCloseTo((0.05 + 0.1) / 2, 12);
  });
});

describe('statistics', () => {
  test('explained variance and correlation against their definitions', () => {
    expect(explainedVariance([1, 2, 3], [1, 2, 3])).toBe(1);
    expect(explainedVariance([0, 0, 0], [1, 2, 3])).toBe(0);
    expect(explainedVariance([1, 1], [2, 2])).toBeNull();
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
    expect(correlation([1, 1], [1, 2])).toBeNull();
  });
});
