import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { Parameters } from '#engine/nn/parameters.ts';
import { padRight } from '#engine/training/batch.ts';
import { bradleyTerryLoss, pairAccuracy, pairTarget } from '#engine/training/maths/bradley-terry.ts';
import { pairLoss } from '#engine/training/reward.ts';
import { RewardModel } from '#engine/training/reward-model.ts';
import { ScoreHead } from '#engine/training/score-head.ts';
import { goldenFixture, tolerance, worstError } from '../../golden/load.ts';
import { goldenDecoder, goldenWeights, unpadded } from './golden.ts';

interface RewardCase {
  margin: number[];
  soft_target: number[];
  center_rewards_coefficient: number;
  loss_per_pair: number[];
  loss: number;
  grad_norm: number;
  head_weight_grad: number[];
  head_bias_grad: [number];
}

const fixture = goldenFixture<{
  model: string;
  head: { bias: [number] };
  pad_token_id: number;
  batch: { input_ids: number[][]; attention_mask: number[][] };
  rewards_chosen: number[];
  rewards_rejected: number[];
  accuracy_with_ties_as_half: number;
  accuracy_without_ties: number;
  cases: Record<string, RewardCase>;
}>('reward');
const rows = fixture.batch.input_ids.map((ids, b) => unpadded(ids, fixture.batch.attention_mask[b]!));
const pairs = fixture.rewards_chosen.length;

let backend: Backend;
let model: RewardModel;
beforeAll(async () => {
  backend = await openBackend();
  const weight = goldenWeights('reward', fixture.model).get('score.weight')!;
  model = new RewardModel(goldenDecoder('reward', fixture.model), ScoreHead.from({ weight, bias: fixture.head.bias[0] }));
});
afterAll(async () => {
  model.dispose();
  await backend.close();
});

test('rewards at the last token, whatever the padding', async () => {
  const expected = [...fixture.rewards_chosen, ...fixture.rewards_rejected];
  const together = tf.tidy(() => model.raw(padRight(rows, fixture.pad_token_id)).dataSync());
  expect(worstError(together, expected)).toBeLessThan(tolerance.losses);
  // pad and EOS may share an id: the mask finds the last token, not the id
  const confusing = tf.tidy(() => model.raw(padRight(rows, rows[0]!.at(-1)!)).dataSync());
  expect(worstError(confusing, expected)).toBeLessThan(tolerance.losses);
  const sequences = rows.map((row) => ({ prompt: row.slice(0, 2), response: row.slice(2) }));
  model.scale = { gain: 2, bias: -0.5 };
  const scored = await model.score(sequences, fixture.pad_token_id, async () => {});
  model.scale = { gain: 1, bias: 0 };
  expect(
    worstError(
      scored,
      expected.map((reward) => 2 * reward - 0.5),
    ),
  ).toBeLessThan(tolerance.logits);
});

describe.each(Object.entries(fixture.cases))('case %s', (_, expected) => {
  // strength is what picks a margin here; the fixture gives the margins themselves
  const targets = expected.soft_target.map((softTarget, i) =>
    pairTarget({ softTarget, strength: 1 }, [expected.margin[i]!, Number.NaN, Number.NaN]),
  );

  test('the loss of each pair, in float64', () => {
    const losses = targets.map((target, i) =>
      bradleyTerryLoss(fixture.rewards_chosen[i]!, fixture.rewards_rejected[i]!, target, expected.center_rewards_coefficient),
    );
    expect(worstError(losses, expected.loss_per_pair)).toBeLessThan(1e-9);
  });

  test('loss and gradients, by the path that trains', () => {
    const before = tf.memory().numTensors;
    const { value, gradients } = valueAndGradients(
      () => pairLoss(model.raw(padRight(rows, fixture.pad_token_id)), targets, expected.center_rewards_coefficient, pairs),
      Parameters.merge(model.decoder.parameters, model.head.parameters),
    );
    expect(worstError([value], [expected.loss])).toBeLessThan(tolerance.losses);
    expect(worstError([gradients.norm()], [expected.grad_norm])).toBeLessThan(tolerance.gradientNorm);
    expect(worstError(gradients.get('score.weight').dataSync(), expected.head_weight_grad)).toBeLessThan(tolerance.gradients);
    expect(worstError(gradients.get('score.bias').dataSync(), expected.head_bias_grad)).toBeLessThan(tolerance.gradients);
    gradients.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('accuracy with ties left out, and as half', () => {
  const { accuracy, accuracyTiesHalf } = pairAccuracy(fixture.rewards_chosen, fixture.rewards_rejected, fixture.cases.ties!.soft_target);
  expect(accuracy).toBeCloseTo(fixture.accuracy_without_ties, 12);
  expect(accuracyTiesHalf).toBeCloseTo(fixture.accuracy_with_ties_as_half, 12);
});
