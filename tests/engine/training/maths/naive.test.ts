/** Each formula against a second computation that shares nothing with it but the definition: plain loops over seeded numbers. */

import { describe, expect, test } from 'vitest';
import { episodeScore, generalizedAdvantages, tokenRewards, whiten } from '#engine/training/maths/advantages.ts';
import { bradleyTerryLoss, negativeLogSigmoid, pairAccuracy, pairTarget, rewardScale } from '#engine/training/maths/bradley-terry.ts';
import { calibrationError } from '#engine/training/maths/calibration.ts';
import { dpoLoss, dpoRewards } from '#engine/training/maths/dpo.ts';
import { groupAdvantages, groupReturns, groupSpread } from '#engine/training/maths/group-advantages.ts';
import { grpoStatistics, grpoTokenLoss, type Reduction, tokenWeights } from '#engine/training/maths/grpo.ts';
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

describe('DPO', () => {
  test('each loss by its definition, finite far out', () => {
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    const next = numbers(5);
    for (let i = 0; i < 100; i++) {
      const [delta, beta, e] = [8 * next(), 0.05 + Math.abs(next()), 0.49 * Math.abs(next())];
      const [p, q] = [Math.log(sigmoid(beta * delta)), Math.log(sigmoid(-beta * delta))];
      const of = (loss: 'sigmoid' | 'robust' | 'hinge' | 'ipo') => dpoLoss(delta, { loss, klCoefficient: beta, labelSmoothing: e });
      expect(of('sigmoid')).toBeCloseTo(-(1 - e) * p - e * q, 10);
      expect(of('robust')).toBeCloseTo((-(1 - e) * p + e * q) / (1 - 2 * e), 8);
      expect(of('hinge')).toBeCloseTo(beta * delta < 1 ? 1 - beta * delta : 0, 12);
      expect(of('ipo')).toBeCloseTo(delta ** 2 - delta / beta + 1 / (4 * beta ** 2), 8);
    }
    expect(dpoLoss(-1e4, { loss: 'sigmoid', klCoefficient: 1, labelSmoothing: 0 })).toBe(1e4);
    expect(dpoRewards({ chosen: -3, rejected: -7, referenceChosen: -5, referenceRejected: -4 }, 0.5)).toEqual({
      chosen: 1,
      rejected: -1.5,
    });
  });

  test('robust has the expectation of the clean loss under flips of that rate', () => {
    const config = { klCoefficient: 0.3, labelSmoothing: 0.2 };
    for (const delta of [-4, 0.5, 7]) {
      const robust = (d: number) => dpoLoss(d, { ...config, loss: 'robust' });
      const clean = dpoLoss(delta, { klCoefficient: 0.3, labelSmoothing: 0, loss: 'sigmoid' });
      expect(0.8 * robust(delta) + 0.2 * robust(-delta)).toBeCloseTo(clean, 12);
    }
  });
});

describe('GRPO', () => {
  test('advantages by every scale, a group without spread among them', () => {
    const next = numbers(6);
    const rewards = [Array.from({ length: 5 }, next), [0.3, 0.3, 0.3, 0.3, 0.3], Array.from({ length: 5 }, () => 3 + next())];
    const std = (values: number[]) => {
      const center = values.reduce((a, b) => a + b, 0) / values.length;
      return Math.sqrt(values.reduce((sum, x) => sum + (x - center) ** 2, 0) / (values.length - 1));
    };
    const divisors = { group: (g: number) => std(rewards[g]!) + 1e-4, batch: () => std(rewards.flat()) + 1e-4, none: () => 1 };
    for (const scale of ['group', 'batch', 'none'] as const) {
      const found = groupAdvantages(rewards, scale);
      rewards.forEach((group, g) => {
        const center = group.reduce((a, b) => a + b, 0) / group.length;
        group.forEach((reward, i) => {
          expect(found[5 * g + i]).toBeCloseTo((reward - center) / divisors[scale](g), 9);
        });
      });
    }
    expect(groupSpread(rewards).zeroFraction).toBeCloseTo(1 / 3, 12);
    expect([...groupAdvantages([[2], [5]], 'group')]).toEqual([0, 0]);
  });

  test('KL in the reward: of every answer there is, the policy gradient of returns is the gradient of E[r] − β·KL', () => {
    // Answers of at most three letters out of {stop, a, b}; every prefix has logits of its own.
    const prefixes = ['', 'a', 'b', 'aa', 'ab', 'ba', 'bb'];
    const answers = ['.', 'a.', 'b.', ...prefixes.slice(3).flatMap((two) => ['.', 'a', 'b'].map((last) => two + last))];
    const next = numbers(9);
    const logits = (scale: number) => prefixes.map(() => Array.from({ length: 3 }, () => scale * next()));
    const [policy, reference] = [logits(1), logits(1)];
    const scores = answers.map(() => 3 * next());
    const beta = 0.3;
    const logProbs = (of: number[][], answer: string) =>
      [...answer].map((letter, t) => {
        const row = of[prefixes.indexOf(answer.slice(0, t))]!;
        return row['.ab'.indexOf(letter)]! - Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0));
      });
    const total = (values: number[]) => values.reduce((a, b) => a + b, 0);
    const objective = (of: number[][]) =>
      total(
        answers.map((answer, i) => {
          const [lp, rp] = [total(logProbs(of, answer)), total(logProbs(reference, answer))];
          return Math.exp(lp) * (scores[i]! - beta * (lp - rp));
        }),
      );
    const rows = answers.map((answer) => ({ logProbs: logProbs(policy, answer), referenceLogProbs: logProbs(reference, answer) }));
    const returns = groupReturns([scores.slice(0, 5), scores.slice(5)], rows, beta).flat();
    expect(groupReturns([scores], rows, 0)).toEqual([scores]);
    const slope = (of: (moved: number[][]) => number, p: number, v: number) => {
      const moved = (by: number) => of(policy.map((row, i) => row.map((x, j) => (i === p && j === v ? x + by : x))));
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    };
    prefixes.forEach((_, p) => {
      [0, 1, 2].forEach((v) => {
        const reinforce = answers.map((answer, i) => {
          return Math.exp(total(rows[i]!.logProbs)) * returns[i]! * slope((moved) => total(logProbs(moved, answer)), p, v);
        });
        expect(total(reinforce)).toBeCloseTo(slope(objective, p, v), 8);
      });
    });
  });

  test('a token’s loss and the batch’s clip fractions, case by case', () => {
    const next = numbers(7);
    const config = { klCoefficient: 0.04, clipRangeLow: 0.2, clipRangeHigh: 0.3 };
    const tokens = Array.from({ length: 400 }, () => ({
      logProb: -2 + next(),
      oldLogProb: -2 + next(),
      referenceLogProb: -2 + next(),
      advantage: 2 * next(),
    }));
    const held = { low: 0, high: 0 };
    for (const token of tokens) {
      const ratio = Math.exp(token.logProb - token.oldLogProb);
      let used = ratio;
      if (token.advantage > 0 && ratio > 1.3) {
        used = 1.3;
        held.high++;
      }
      if (token.advantage < 0 && ratio < 0.8) {
        used = 0.8;
        held.low++;
      }
      const behind = token.referenceLogProb - token.logProb;
      const expected = -used * token.advantage + 0.04 * (Math.exp(behind) - 1 - behind);
      expect(grpoTokenLoss(token, config)).toBeCloseTo(expected, 10);
    }
    const columns = {
      logProbs: tokens.map(({ logProb }) => logProb),
      oldLogProbs: tokens.map(({ oldLogProb }) => oldLogProb),
      referenceLogProbs: tokens.map(({ referenceLogProb }) => referenceLogProb),
      advantages: tokens.map(({ advantage }) => advantage),
    };
    const shown = grpoStatistics(columns, config);
    expect(shown.clipFractionLow).toBe(held.low / 400);
    expect(shown.clipFractionHigh).toBe(held.high / 400);
    expect(held.low * held.high).toBeGreaterThan(0);
  });

  test('weights sum losses as each reduction says, over uneven micro-batches too', () => {
    const next = numbers(8);
    const lengths = [3, 1, 7, 4, 5];
    const parts = [
      [4, 0],
      [2, 1, 3],
    ];
    const losses = lengths.map((length) => Array.from({ length }, next));
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    const means = (of: (rows: number[]) => number) => sum(parts.map(of)) / parts.length;
    const tokens = (rows: number[]) => sum(rows.map((i) => lengths[i]!));
    const total = (rows: number[]) => sum(rows.flatMap((i) => losses[i]!));
    const expected: Record<Reduction, number> = {
      grpo: means((rows) => sum(rows.map((i) => sum(losses[i]!) / lengths[i]!)) / rows.length),
      bnpo: means((rows) => total(rows) / tokens(rows)),
      dr_grpo: means((rows) => total(rows) / (rows.length * 9)),
      dapo: total([0, 1, 2, 3, 4]) / tokens([0, 1, 2, 3, 4]),
    };
    for (const reduction of ['grpo', 'bnpo', 'dr_grpo', 'dapo'] as const) {
      const weights = tokenWeights(reduction, lengths, parts, 9);
      expect(sum(losses.flatMap((row, i) => row.map((loss) => weights[i]! * loss)))).toBeCloseTo(expected[reduction], 12);
    }
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
