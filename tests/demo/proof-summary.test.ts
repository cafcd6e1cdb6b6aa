import { expect, test } from 'vitest';
import { meansOf, negativeKlOf, type ProofSeed, tableOf } from '../../scripts/lib/proof-summary.ts';

const batches = (perToken: readonly number[], length = 20) =>
  perToken.map((kl, step) => ({ step, values: { 'objective/kl_k1': kl * length, 'response/length_mean': length } }));

test('negative KL persists only after more than three batches in a row below −0.05 nats a token', () => {
  expect(negativeKlOf(batches([0.1, -0.06, -0.07, -0.06, 0, -0.2]), 96)).toMatchObject({ longestRun: 3, persists: false });
  expect(negativeKlOf(batches([0.1, -0.06, -0.07, -0.06, -0.08, 0.1]), 96)).toMatchObject({ longestRun: 4, persists: true });
  expect(negativeKlOf(batches([-0.049, -0.049, -0.049, -0.049, -0.049]), 96)).toMatchObject({ longestRun: 0, persists: false });
  expect(negativeKlOf(batches([0.1, -0.3]), 96)?.lowest).toBeCloseTo(-0.3, 12);
});

test('batches of fewer than 256 tokens and runs that sample nothing say nothing of KL', () => {
  expect(negativeKlOf(batches([-1, -1, -1, -1, -1]), 12)).toBeNull();
  expect(negativeKlOf([{ step: 1, values: { 'dpo/loss': 0.6 } }], 0)).toBeNull();
});

const measures = { gold: 1, reward: 0, length: 20, garbled: 0.05, warm: 0.2, true: 0.9 };
function seedResult(seed: number, rate: number, low: number, length: number): ProofSeed {
  return {
    method: 'ppo',
    seed,
    judgments: 300,
    rewardModel: { accuracy: 0.8 + seed / 100, pairs: 500 },
    sft: measures,
    aligned: { ...measures, gold: 2, length, garbled: 0.1 * (seed + 1), klToSft: 2 + seed },
    winRate: { gold: { wins: 0, ties: 0, losses: 0, rate, low, high: 1 } },
    signs: [],
    negativeKl: { lowest: 0, longestRun: 4 * seed, persists: seed > 0 },
    seconds: 100,
  };
}

test('means over seeds name the worst seed where a bound is asked for', () => {
  const means = meansOf([seedResult(0, 0.8, 0.56, 22), seedResult(1, 0.6, 0.49, 12)]);
  expect(means.winRate).toBeCloseTo(0.7, 12);
  expect(means).toMatchObject({ lowestLow: 0.49, above50: 1, above55: 1, kl: { mean: 2.5, highest: 3 }, negativeKlPersists: 1 });
  expect(means.lengthChange.lowest).toBeCloseTo(-0.4, 12);
  expect(means.lengthChange.highest).toBeCloseTo(0.1, 12);
  expect(means.garbled).toMatchObject({ highest: 0.2 });
  expect(means.rewardModelAccuracy).toBeCloseTo(0.805, 12);
  expect(() => meansOf([])).toThrow(RangeError);
});

test('the table has a line a seed and one of means', () => {
  const lines = tableOf([seedResult(0, 0.8, 0.56, 22), seedResult(1, 0.6, 0.49, 12)]).split('\n');
  expect(lines).toHaveLength(5);
  expect(lines[3]).toBe('| 1 | 81% | 1.00 → 2.00 | 60.0% [49, 100] | 3.0 | 20.0 → 12.0 (−40%) | 0.05 → 0.20 | 0.20 → 0.20 | 90% → 90% |');
  expect(lines[4]).toMatch(/^\| mean \| .* 70\.0% /);
});
