import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import type { Decoder } from '#engine/nn/decoder.ts';
import type { Tokenizer } from '#engine/tokens/tokenizer.ts';
import { responseBatch } from '#engine/training/batch.ts';
import { grpoLoss, improveGrpo } from '#engine/training/grpo.ts';
import { groupAdvantages, groupSpread, type RewardScale } from '#engine/training/maths/group-advantages.ts';
import { grpoStatistics, grpoTokenLoss, type Reduction, tokenWeights } from '#engine/training/maths/grpo.ts';
import { tokenKls } from '#engine/training/maths/kl.ts';
import { flat } from '#engine/training/maths/statistics.ts';
import { measureLogProbs } from '#engine/training/response.ts';
import type { Sample } from '#engine/training/rollout.ts';
import { type GrpoConfig, grpoConfig } from '#shared/training/grpo.ts';
import { goldenFixture, tolerance, worstError } from '../../golden/load.ts';
import { goldenDecoder, masked } from './golden.ts';

type Rows = number[][];
interface Case {
  reduction: Reduction;
  epsilon_low: number;
  epsilon_high: number;
  micro_batches: Rows;
  micro_batch_losses: number[];
  loss: number;
  grad_norm: number;
}

const fixture = goldenFixture<{
  policy: string;
  reference: string;
  pad_token_id: number;
  hyperparameters: { temperature: number; beta: number; max_new_tokens: number };
  batch: {
    input_ids: Rows;
    attention_mask: Rows;
    context_length: number;
    completion_mask: Rows;
    completion_lengths: number[];
    group: number[];
  };
  rewards: Rows;
  group_std: number[];
  zero_std_fraction: number;
  advantages: Record<RewardScale, { advantages: number[] }>;
  logprobs: Rows;
  old_logprobs: Rows;
  ref_logprobs: Rows;
  ratio: Rows;
  kl_k3: Rows;
  per_token_loss_asymmetric: Rows;
  statistics_asymmetric: { kl_mean: number; clip_fraction_low: number; clip_fraction_high: number };
  cases: Case[];
}>('grpo');
const { hyperparameters: settings, batch } = fixture;
const mask = batch.completion_mask;
const cut = (rows: Rows) => rows.map((row, b) => row.filter((_, t) => mask[b]![t] === 1));
const advantages = groupAdvantages(fixture.rewards, 'group');
const samples: Sample[] = batch.input_ids.map((ids, b) => ({
  promptId: String(batch.group[b]),
  prompt: ids.slice(0, batch.context_length).filter((_, t) => batch.attention_mask[b]![t] === 1),
  response: ids.slice(batch.context_length).filter((_, t) => mask[b]![t] === 1),
  terminated: true,
  logProbs: cut(fixture.old_logprobs)[b]!,
  referenceLogProbs: cut(fixture.ref_logprobs)[b]!,
  reward: fixture.rewards.flat()[b]!,
  surprise: { excess: 0, squares: 0 },
  parts: [],
  disagreement: null,
}));
const tokens = {
  logProbs: masked(fixture.logprobs, mask),
  oldLogProbs: masked(fixture.old_logprobs, mask),
  referenceLogProbs: masked(fixture.ref_logprobs, mask),
  advantages: flat(samples.map(({ response }, i) => response.map(() => advantages[i]!))),
};

function configOf(golden: Pick<Case, 'reduction' | 'epsilon_low' | 'epsilon_high'>, tokensAtOnce = 1024): GrpoConfig {
  return grpoConfig.parse({
    reduction: golden.reduction,
    clipRangeLow: golden.epsilon_low,
    clipRangeHigh: golden.epsilon_high,
    klCoefficient: settings.beta,
    temperature: settings.temperature,
    maxNewTokens: settings.max_new_tokens,
    tokensAtOnce,
  });
}
const asymmetric = fixture.cases.find(({ epsilon_low, epsilon_high }) => epsilon_low !== epsilon_high)!;

let backend: Backend;
let policy: Decoder;
let reference: Decoder;
beforeAll(async () => {
  backend = await openBackend();
  policy = goldenDecoder('grpo', fixture.policy);
  reference = goldenDecoder('grpo', fixture.reference);
});
afterAll(async () => {
  policy.dispose();
  reference.dispose();
  await backend.close();
});

test('advantages by every scale, spread of groups', () => {
  for (const [scale, expected] of Object.entries(fixture.advantages)) {
    expect(worstError(groupAdvantages(fixture.rewards, scale as RewardScale), expected.advantages)).toBeLessThan(1e-9);
  }
  const { deviations, zeroFraction } = groupSpread(fixture.rewards);
  expect(worstError(deviations, fixture.group_std)).toBeLessThan(1e-9);
  expect(zeroFraction).toBeCloseTo(fixture.zero_std_fraction, 12);
});

test('log-probabilities under policy and reference', () => {
  expect(samples.map(({ response }) => response.length)).toEqual(batch.completion_lengths);
  const rows = responseBatch(samples, fixture.pad_token_id);
  expect(worstError(flat(measureLogProbs(policy, rows, settings.temperature)), tokens.logProbs)).toBeLessThan(tolerance.logProbs);
  expect(worstError(flat(measureLogProbs(reference, rows, settings.temperature)), tokens.referenceLogProbs)).toBeLessThan(
    tolerance.logProbs,
  );
});

test('ratio, k3 and loss of each token; clip fractions', () => {
  const config = configOf(asymmetric);
  const ratios = tokens.logProbs.map((lp, i) => Math.exp(lp - tokens.oldLogProbs[i]!));
  expect(worstError(ratios, masked(fixture.ratio, mask))).toBeLessThan(1e-9);
  expect(worstError(tokenKls('k3', tokens.logProbs, tokens.referenceLogProbs), masked(fixture.kl_k3, mask))).toBeLessThan(1e-9);
  const losses = tokens.logProbs.map((logProb, i) =>
    grpoTokenLoss(
      {
        logProb,
        oldLogProb: tokens.oldLogProbs[i]!,
        referenceLogProb: tokens.referenceLogProbs[i]!,
        advantage: tokens.advantages[i]!,
      },
      config,
    ),
  );
  const expected = masked(fixture.per_token_loss_asymmetric, mask);
  expect(worstError(losses, expected)).toBeLessThan(1e-9);
  // On the tape, token by token: all weight on one.
  tf.tidy(() => {
    const logProbs = tf.tensor1d(Float32Array.from(tokens.logProbs));
    expected.forEach((loss, i) => {
      const weights = new Float64Array(expected.length);
      weights[i] = 1;
      const fixed = {
        oldLogProbs: Float64Array.from(tokens.oldLogProbs),
        referenceLogProbs: Float64Array.from(tokens.referenceLogProbs),
        advantages: tokens.advantages,
        weights,
      };
      expect(worstError([grpoLoss(logProbs, fixed, config).dataSync()[0]!], [loss])).toBeLessThan(tolerance.formulas);
    });
  });
  const { klMean, clipFractionLow, clipFractionHigh, ratio } = grpoStatistics(tokens, config);
  expect(worstError([klMean], [fixture.statistics_asymmetric.kl_mean])).toBeLessThan(1e-9);
  expect(clipFractionLow).toBeCloseTo(fixture.statistics_asymmetric.clip_fraction_low, 12);
  expect(clipFractionHigh).toBeCloseTo(fixture.statistics_asymmetric.clip_fraction_high, 12);
  expect(ratio).toBeCloseTo(ratios.reduce((a, b) => a + b, 0) / ratios.length, 12);
});

const named = fixture.cases.map(
  (golden) =>
    [
      `${golden.reduction}, ε ${golden.epsilon_low} and ${golden.epsilon_high}, micro-batches ${golden.micro_batches.length}`,
      golden,
    ] as const,
);
describe.each(named)('%s', (_, golden) => {
  test('losses of the micro-batches, in float64', () => {
    const config = configOf(golden);
    const weights = tokenWeights(golden.reduction, batch.completion_lengths, golden.micro_batches, settings.max_new_tokens);
    const parts = golden.micro_batches.map((rows) => {
      let sum = 0;
      for (const b of rows) {
        cut(fixture.logprobs)[b]!.forEach((logProb, t) => {
          const [oldLogProb, referenceLogProb] = [samples[b]!.logProbs[t]!, samples[b]!.referenceLogProbs[t]!];
          sum += weights[b]! * grpoTokenLoss({ logProb, oldLogProb, referenceLogProb, advantage: advantages[b]! }, config);
        });
      }
      return sum;
    });
    // All but dapo are averages over micro-batches, so a part has its share of the whole.
    const share = golden.reduction === 'dapo' ? 1 : golden.micro_batches.length;
    expect(
      worstError(
        parts.map((part) => share * part),
        golden.micro_batch_losses,
      ),
    ).toBeLessThan(1e-9);
    expect(worstError([parts.reduce((a, b) => a + b, 0)], [golden.loss])).toBeLessThan(1e-9);
  });

  test.each([1024, 40])('loss and gradient norm, at most %i tokens at once; no tensor left behind', async (tokensAtOnce) => {
    const optimizer = new AdamW(policy.parameters, { beta1: 0.9, beta2: 0.999, epsilon: 1e-5, weightDecay: 0 });
    const trained = { parameters: policy.parameters, optimizer };
    const tokenizer = { padId: fixture.pad_token_id } as Tokenizer;
    const counts: number[] = [];
    for (let step = 0; step < 2; step++) {
      const done = await improveGrpo(
        { policy, tokenizer },
        trained,
        samples,
        advantages,
        golden.micro_batches,
        configOf(golden, tokensAtOnce),
        { learningRate: 0, step },
        async () => {},
      );
      expect(worstError([done.loss], [golden.loss])).toBeLessThan(tolerance.losses);
      expect(worstError([done.gradNorm], [golden.grad_norm])).toBeLessThan(tolerance.gradientNorm);
      expect(worstError([done.klMean], [fixture.statistics_asymmetric.kl_mean])).toBeLessThan(tolerance.losses);
      if (golden.epsilon_high === asymmetric.epsilon_high) {
        expect(done.clipFractionHigh).toBeCloseTo(fixture.statistics_asymmetric.clip_fraction_high, 12);
      }
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
    optimizer.dispose();
  });
});
