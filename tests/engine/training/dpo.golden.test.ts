import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import type { Decoder } from '#engine/nn/decoder.ts';
import { dpoLosses, dpoMetrics, improveDpo } from '#engine/training/dpo.ts';
import { type PairSums, pairLogProbs } from '#engine/training/dpo-reference.ts';
import { dpoLoss, dpoRewards } from '#engine/training/maths/dpo.ts';
import type { TokenPair } from '#engine/training/reward-pairs.ts';
import { type DpoConfig, dpoConfig } from '#shared/training/dpo.ts';
import { goldenFixture, goldenPath, tolerance, worstError } from '../../golden/load.ts';
import { goldenDecoder, sequenceOf, worstOfParameters } from './golden.ts';

interface Loss {
  loss_per_pair: number[];
  loss: number;
  grad_norm: number;
}

const fixture = goldenFixture<{
  policy: string;
  reference: string;
  pad_token_id: number;
  hyperparameters: {
    beta: number;
    label_smoothing: number;
    lr: number;
    betas: [number, number];
    eps: number;
    weight_decay: number;
    max_grad_norm: number;
    loss_of_the_steps: 'sigmoid';
  };
  batch: { input_ids: number[][]; attention_mask: number[][]; completion_mask: number[][] };
  chosen_logps: number[];
  rejected_logps: number[];
  ref_chosen_logps: number[];
  ref_rejected_logps: number[];
  rewards_chosen: number[];
  rewards_rejected: number[];
  margins: number[];
  accuracy: number;
  completion_tokens_chosen: number[];
  completion_tokens_rejected: number[];
  losses: Record<'sigmoid' | 'label_smoothing' | 'robust' | 'hinge' | 'ipo', Loss>;
  steps: { loss: number; grad_norm: number }[];
  loss_after: number;
  policy_after: string;
}>('dpo');
const { hyperparameters: settings, batch } = fixture;
const B = fixture.chosen_logps.length;
const sequences = batch.input_ids.map((ids, b) => sequenceOf(ids, batch.attention_mask[b]!, batch.completion_mask[b]!));
const pairs: TokenPair[] = Array.from({ length: B }, (_, i) => ({
  chosen: sequences[i]!,
  rejected: sequences[B + i]!,
  target: { softTarget: 1, margin: 0 },
}));
const reference: PairSums = { chosen: fixture.ref_chosen_logps, rejected: fixture.ref_rejected_logps };
const shown = pairs.map((_, i) => ({
  chosen: fixture.chosen_logps[i]!,
  rejected: fixture.rejected_logps[i]!,
  referenceChosen: fixture.ref_chosen_logps[i]!,
  referenceRejected: fixture.ref_rejected_logps[i]!,
}));

/** The settings of a loss of the fixture; micro-batches of every size must give the same numbers. */
function configOf(name: string, tokensAtOnce = 1024): DpoConfig {
  return dpoConfig.parse({
    loss: name === 'label_smoothing' ? 'sigmoid' : name,
    labelSmoothing: name === 'label_smoothing' || name === 'robust' ? settings.label_smoothing : 0,
    klCoefficient: settings.beta,
    maxGradNorm: settings.max_grad_norm,
    tokensAtOnce,
  });
}

/** δ of each pair, of means over tokens for ipo. */
function deltas(name: string): number[] {
  return shown.map((pair, i) => {
    const [c, r] = name === 'ipo' ? [pairs[i]!.chosen.response.length, pairs[i]!.rejected.response.length] : [1, 1];
    return (pair.chosen - pair.referenceChosen) / c - (pair.rejected - pair.referenceRejected) / r;
  });
}

let backend: Backend;
let policy: Decoder;
let base: Decoder;
beforeAll(async () => {
  backend = await openBackend();
  policy = goldenDecoder('dpo', fixture.policy);
  base = goldenDecoder('dpo', fixture.reference);
});
afterAll(async () => {
  policy.dispose();
  base.dispose();
  await backend.close();
});
const breathe = async () => {};
const optimizerOf = (decoder: Decoder) =>
  new AdamW(decoder.parameters, {
    beta1: settings.betas[0],
    beta2: settings.betas[1],
    epsilon: settings.eps,
    weightDecay: settings.weight_decay,
  });

test('log-probabilities of both answers under policy and reference', async () => {
  expect(pairs.map(({ chosen }) => chosen.response.length)).toEqual(fixture.completion_tokens_chosen);
  expect(pairs.map(({ rejected }) => rejected.response.length)).toEqual(fixture.completion_tokens_rejected);
  const own = await pairLogProbs(policy, pairs, fixture.pad_token_id, breathe);
  const others = await pairLogProbs(base, pairs, fixture.pad_token_id, breathe);
  expect(worstError(own.chosen, fixture.chosen_logps)).toBeLessThan(tolerance.logProbs);
  expect(worstError(own.rejected, fixture.rejected_logps)).toBeLessThan(tolerance.logProbs);
  expect(worstError(others.chosen, fixture.ref_chosen_logps)).toBeLessThan(tolerance.logProbs);
  expect(worstError(others.rejected, fixture.ref_rejected_logps)).toBeLessThan(tolerance.logProbs);
});

test('implicit rewards, margins and accuracy', () => {
  const rewards = shown.map((pair) => dpoRewards(pair, settings.beta));
  const of = (read: (reward: { chosen: number; rejected: number }) => number) => rewards.map(read);
  expect(
    worstError(
      of(({ chosen }) => chosen),
      fixture.rewards_chosen,
    ),
  ).toBeLessThan(1e-9);
  expect(
    worstError(
      of(({ rejected }) => rejected),
      fixture.rewards_rejected,
    ),
  ).toBeLessThan(1e-9);
  expect(
    worstError(
      of(({ chosen, rejected }) => chosen - rejected),
      fixture.margins,
    ),
  ).toBeLessThan(1e-9);
  const metrics = dpoMetrics(shown, settings.beta);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  expect(metrics['dpo/accuracy']).toBeCloseTo(fixture.accuracy, 12);
  expect(metrics['dpo/margin']).toBeCloseTo(mean(fixture.margins), 9);
  expect(metrics['dpo/chosen_reward']).toBeCloseTo(mean(fixture.rewards_chosen), 9);
  expect(metrics['dpo/rejected_logp']).toBeCloseTo(mean(fixture.rejected_logps), 9);
});

describe.each(Object.entries(fixture.losses))('loss %s', (name, expected) => {
  test('of each pair, in float64 and on the tape', () => {
    const config = configOf(name);
    expect(
      worstError(
        deltas(name).map((delta) => dpoLoss(delta, config)),
        expected.loss_per_pair,
      ),
    ).toBeLessThan(1e-9);
    for (const [i, delta] of deltas(name).entries()) {
      const onTape = tf.tidy(() => dpoLosses(tf.tensor1d([delta, 0]), [0, 0], config, 1).dataSync()[0]!);
      expect(worstError([onTape], [expected.loss_per_pair[i]!])).toBeLessThan(tolerance.formulas);
    }
  });

  test.each([1024, 64, 16])('of the batch, with its gradient, at most %i tokens at once', async (tokensAtOnce) => {
    const before = policy.parameters.toArrays();
    const optimizer = optimizerOf(policy);
    const trained = { parameters: policy.parameters, optimizer };
    const model = { decoder: policy, padId: fixture.pad_token_id };
    const config = configOf(name, tokensAtOnce);
    const done = await improveDpo(model, trained, pairs, reference, config, { learningRate: 0, step: 0 }, breathe);
    expect(worstError([done.loss], [expected.loss])).toBeLessThan(tolerance.losses);
    expect(worstError([done.gradNorm], [expected.grad_norm])).toBeLessThan(tolerance.gradientNorm);
    const own = done.shown.map(({ chosen }) => chosen);
    expect(worstError(own, fixture.chosen_logps)).toBeLessThan(tolerance.logProbs);
    policy.parameters.load(before);
    optimizer.dispose();
  });
});

test('the steps, what they end at, and no tensor left behind', async () => {
  const optimizer = optimizerOf(policy);
  const trained = { parameters: policy.parameters, optimizer };
  const model = { decoder: policy, padId: fixture.pad_token_id };
  const config = configOf(settings.loss_of_the_steps);
  const step = (i: number, learningRate: number) =>
    improveDpo(model, trained, pairs, reference, config, { learningRate, step: i }, breathe);
  const counts: number[] = [];
  for (const [i, expected] of fixture.steps.entries()) {
    const done = await step(i, settings.lr);
    expect(worstError([done.loss], [expected.loss])).toBeLessThan(tolerance.losses);
    expect(worstError([done.gradNorm], [expected.grad_norm])).toBeLessThan(tolerance.gradientNorm);
    counts.push(tf.memory().numTensors);
  }
  expect(worstOfParameters(policy.parameters.toArrays(), goldenPath('dpo', fixture.policy_after))).toBeLessThan(tolerance.parametersAfter);
  expect(worstError([(await step(fixture.steps.length, 0)).loss], [fixture.loss_after])).toBeLessThan(tolerance.losses);
  expect(new Set(counts).size).toBe(1);
  optimizer.dispose();
});
