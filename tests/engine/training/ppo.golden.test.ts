import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import type { Decoder } from '#engine/nn/decoder.ts';
import { Parameters } from '#engine/nn/parameters.ts';
import type { Tokenizer } from '#engine/tokens/tokenizer.ts';
import { responseBatch } from '#engine/training/batch.ts';
import { type Critic, separateCritic } from '#engine/training/critic.ts';
import { adaptBeta } from '#engine/training/maths/adaptive-kl.ts';
import { tokenKls } from '#engine/training/maths/kl.ts';
import { minibatchStatistics } from '#engine/training/maths/ppo-statistics.ts';
import { flat } from '#engine/training/maths/statistics.ts';
import { improve, ppoLosses, targetsOf } from '#engine/training/ppo.ts';
import { stepMetrics } from '#engine/training/ppo-metrics.ts';
import { measureLogProbs, predictingHidden, rowsOnHost, tokenLogProbs } from '#engine/training/response.ts';
import type { Episode } from '#engine/training/rollout.ts';
import { ScoreHead } from '#engine/training/score-head.ts';
import { ppoConfig } from '#shared/training/ppo.ts';
import { goldenFixture, goldenPath, tolerance, worstError } from '../../golden/load.ts';
import { goldenDecoder, goldenWeights, masked, worstOfParameters } from './golden.ts';

type Rows = number[][];
interface Rollout {
  kl_estimator: 'k1' | 'k3';
  scores: number[];
  token_rewards: Rows;
  advantages: Rows;
  returns: Rows;
  advantages_whitened: Rows;
}
interface Evaluation {
  policy_loss: number;
  value_loss: number;
  loss: number;
  ratio: Rows;
  ratio_mean: number;
  policy_clip_fraction: number;
  value_clip_fraction: number;
  approx_kl: number;
  explained_variance: number;
  entropy: number;
  new_logprobs: Rows;
  new_values: Rows;
  grad_norm: number;
}
interface LossOnly {
  response_mask: Rows;
  new_logprobs: Rows;
  old_logprobs: Rows;
  advantages: Rows;
  new_values: Rows;
  old_values: Rows;
  returns: Rows;
  policy_loss: number;
  value_loss: number;
  loss: number;
  ratio_mean: number;
  policy_clip_fraction: number;
  value_clip_fraction: number;
  approx_kl: number;
  explained_variance: number;
  grad_new_logprobs: Rows;
  grad_new_values: Rows;
}

const fixture = goldenFixture<{
  policy: string;
  reference: string;
  value: string;
  hyperparameters: {
    temperature: number;
    beta: number;
    gamma: number;
    lam: number;
    clip: number;
    value_clip: number;
    vf_coef: number;
    lr: number;
    missing_eos_score: number;
    kl_clip: number;
    score_clip: number;
    betas: [number, number];
    eps: number;
    weight_decay: number;
    max_grad_norm: number;
  };
  pad_token_id: number;
  batch: {
    input_ids: Rows;
    attention_mask: Rows;
    context_length: number;
    response_mask: Rows;
    terminated: number[];
    scores: number[];
  };
  old_logprobs: Rows;
  ref_logprobs: Rows;
  values: Rows;
  kl: { k1: Rows; k2: Rows; k3: Rows };
  objective: { kl: number; reward: number; rlhf_reward: number; entropy: number };
  rollouts: Record<string, Rollout>;
  evaluations: Evaluation[];
  policy_after: string;
  value_after: string;
  loss_only: LossOnly[];
  adaptive_kl: {
    initial_beta: number;
    target: number;
    horizon: number;
    episodes_per_batch: number;
    observed_kl: number[];
    beta_after: number[];
  };
}>('ppo');
const { hyperparameters: settings, batch } = fixture;
const mask = batch.response_mask;
const cut = (rows: Rows) => rows.map((row, b) => row.filter((_, t) => mask[b]![t] === 1));

const config = ppoConfig.parse({
  temperature: settings.temperature,
  klCoefficient: settings.beta,
  gamma: settings.gamma,
  lambda: settings.lam,
  clipRange: settings.clip,
  valueClipRange: settings.value_clip,
  valueCoefficient: settings.vf_coef,
  missingEosScore: settings.missing_eos_score,
  maxGradNorm: settings.max_grad_norm,
  penalizeMissingEos: false,
  klClip: 0,
  scoreClip: 0,
});

/** The fixture's rows with its own expected measurements, so that each stage is held on its own. */
const episodes: Episode[] = batch.input_ids.map((ids, b) => ({
  promptId: String(b),
  prompt: ids.slice(0, batch.context_length).filter((_, t) => batch.attention_mask[b]![t] === 1),
  response: ids.slice(batch.context_length).filter((_, t) => mask[b]![t] === 1),
  terminated: Boolean(batch.terminated[b]),
  logProbs: cut(fixture.old_logprobs)[b]!,
  referenceLogProbs: cut(fixture.ref_logprobs)[b]!,
  values: cut(fixture.values)[b]!,
  reward: batch.scores[b]!,
  surprise: { excess: 0, squares: 0 },
  parts: [],
  disagreement: null,
}));

let backend: Backend;
let policy: Decoder;
let reference: Decoder;
let critic: Critic;
beforeAll(async () => {
  backend = await openBackend();
  policy = goldenDecoder('ppo', fixture.policy);
  reference = goldenDecoder('ppo', fixture.reference);
  const weight = goldenWeights('ppo', fixture.value).get('score.weight')!;
  critic = separateCritic(goldenDecoder('ppo', fixture.value), ScoreHead.from({ weight, bias: null }));
});
afterAll(async () => {
  policy.dispose();
  reference.dispose();
  critic.dispose();
  await backend.close();
});

test('log-probabilities of policy and reference, values of the critic', () => {
  const tokens = responseBatch(episodes, fixture.pad_token_id);
  expect(worstError(flat(measureLogProbs(policy, tokens, config.temperature)), masked(fixture.old_logprobs, mask))).toBeLessThan(
    tolerance.logProbs,
  );
  expect(worstError(flat(measureLogProbs(reference, tokens, config.temperature)), masked(fixture.ref_logprobs, mask))).toBeLessThan(
    tolerance.logProbs,
  );
  const values = tf.tidy(() => critic.values(predictingHidden(policy, tokens), tokens));
  expect(worstError(flat(rowsOnHost(values, tokens)), masked(fixture.values, mask))).toBeLessThan(tolerance.logProbs);
});

test('KL estimators and what the batch shows of the objective', () => {
  for (const estimator of ['k1', 'k2', 'k3'] as const) {
    const kl = flat(episodes.map(({ logProbs, referenceLogProbs }) => tokenKls(estimator, logProbs, referenceLogProbs)));
    expect(worstError(kl, masked(fixture.kl[estimator], mask))).toBeLessThan(1e-9);
  }
  const { scores, returns } = targetsOf(episodes, settings.beta, config);
  const update = { ...emptyUpdate, ratio: 1 };
  const state = { beta: settings.beta, updates: [update], seconds: { rollout: 1, score: 1, train: 1 } };
  const metrics = stepMetrics(episodes, scores, returns, state, config, settings.lr);
  for (const name of ['kl', 'reward', 'rlhf_reward', 'entropy'] as const) {
    expect(worstError([metrics[`objective/${name}`]!], [fixture.objective[name]])).toBeLessThan(1e-9);
  }
});

describe.each(Object.entries(fixture.rollouts))('rollout %s', (name, expected) => {
  test('scores, token rewards, advantages and returns', () => {
    const targets = targetsOf(episodes, settings.beta, {
      ...config,
      klEstimator: expected.kl_estimator,
      penalizeMissingEos: name === 'missing_eos_score',
      whitenRewards: name === 'whitened_rewards',
      klClip: name === 'clipped' ? settings.kl_clip : 0,
      scoreClip: name === 'clipped' ? settings.score_clip : 0,
    });
    expect(worstError(targets.scores, expected.scores)).toBeLessThan(1e-9);
    expect(worstError(flat(targets.tokenRewards), masked(expected.token_rewards, mask))).toBeLessThan(1e-9);
    expect(worstError(flat(targets.advantages), masked(expected.advantages, mask))).toBeLessThan(1e-9);
    expect(worstError(flat(targets.returns), masked(expected.returns, mask))).toBeLessThan(1e-9);
    expect(worstError(flat(targets.advantagesWhitened), masked(expected.advantages_whitened, mask))).toBeLessThan(1e-9);
  });
});

test('two updates: losses, statistics, gradient norm and the parameters they end at', async () => {
  const [beta1, beta2] = settings.betas;
  const parameters = Parameters.merge(policy.parameters.prefixed('policy.'), critic.parameters.prefixed('critic.'));
  const before = { policy: policy.parameters.toArrays(), critic: critic.parameters.toArrays() };
  const optimizer = new AdamW(parameters, { beta1, beta2, epsilon: settings.eps, weightDecay: settings.weight_decay });
  const targets = targetsOf(episodes, settings.beta, config);
  const all = episodes.map((_, i) => i);
  const tokenizer = { padId: fixture.pad_token_id } as Tokenizer;
  const counts: number[] = [];
  for (const [step, expected] of fixture.evaluations.entries()) {
    const evaluated = responseBatch(episodes, fixture.pad_token_id);
    tf.tidy(() => {
      const predicting = predictingHidden(policy, evaluated);
      const { logProbs, entropy } = tokenLogProbs(policy, predicting, evaluated, config.temperature);
      expect(worstError(logProbs.dataSync(), masked(expected.new_logprobs, mask))).toBeLessThan(tolerance.logProbs);
      expect(worstError([tf.mean(entropy).dataSync()[0]!], [expected.entropy])).toBeLessThan(tolerance.losses);
      expect(worstError(critic.values(predicting, evaluated).dataSync(), masked(expected.new_values, mask))).toBeLessThan(
        tolerance.logProbs,
      );
    });
    if (step === fixture.evaluations.length - 1) {
      // after the second update the parameters are the fixture's
      expect(worstOfParameters(policy.parameters.toArrays(), goldenPath('ppo', fixture.policy_after))).toBeLessThan(
        tolerance.parametersAfter,
      );
      expect(worstOfParameters(critic.parameters.toArrays(), goldenPath('ppo', fixture.value_after))).toBeLessThan(
        tolerance.parametersAfter,
      );
    }
    const done = await improve(
      { policy, critic, tokenizer },
      { parameters, optimizer },
      episodes,
      targets,
      all,
      config,
      { learningRate: settings.lr, step },
      async () => {},
    );
    expect(
      worstError([done.policyLoss, done.valueLoss, done.loss], [expected.policy_loss, expected.value_loss, expected.loss]),
    ).toBeLessThan(tolerance.losses);
    expect(worstError([done.ratio], [expected.ratio_mean])).toBeLessThan(tolerance.losses);
    expect(worstError([done.approxKl], [expected.approx_kl])).toBeLessThan(tolerance.losses);
    expect(worstError([done.explainedVariance!], [expected.explained_variance])).toBeLessThan(tolerance.losses);
    expect(worstError([done.gradNorm], [expected.grad_norm])).toBeLessThan(tolerance.gradientNorm);
    expect(done.policyClipFraction).toBeCloseTo(expected.policy_clip_fraction, 12);
    expect(done.valueClipFraction).toBeCloseTo(expected.value_clip_fraction, 12);
    tf.dispose([evaluated.ids, evaluated.mask, evaluated.predictors, evaluated.targets]);
    counts.push(tf.memory().numTensors);
  }
  expect(new Set(counts).size).toBe(1);
  optimizer.dispose();
  policy.parameters.load(before.policy);
  critic.parameters.load(before.critic);
});

describe.each(fixture.loss_only.map((only, i) => [i, only] as const))('loss %i on given arrays', (_, only) => {
  const of = (rows: Rows) => Float64Array.from(masked(rows, only.response_mask));
  const old = { logProbs: of(only.old_logprobs), values: of(only.old_values), advantages: of(only.advantages), returns: of(only.returns) };

  test('losses and their gradients', () => {
    tf.tidy(() => {
      const [lp, v] = [of(only.new_logprobs), of(only.new_values)].map((values) => tf.tensor1d(Float32Array.from(values)));
      const loss = (logProbs: tf.Tensor, values: tf.Tensor) => {
        const { policy, value } = ppoLosses(logProbs as tf.Tensor1D, values as tf.Tensor1D, old, config, old.values.length);
        return { policy, value, loss: tf.add(policy, tf.mul(settings.vf_coef, value)) };
      };
      const values = loss(lp!, v!);
      const relative = [values.policy, values.value, values.loss].map((scalar) => scalar.dataSync()[0]!);
      expect(worstError(relative, [only.policy_loss, only.value_loss, only.loss])).toBeLessThan(tolerance.formulas);
      const [dlp, dv] = tf.grads((logProbs: tf.Tensor, values: tf.Tensor) => loss(logProbs, values).loss)([lp!, v!]);
      expect(worstError(dlp!.dataSync(), masked(only.grad_new_logprobs, only.response_mask))).toBeLessThan(tolerance.formulas);
      expect(worstError(dv!.dataSync(), masked(only.grad_new_values, only.response_mask))).toBeLessThan(tolerance.formulas);
    });
  });

  test('statistics', () => {
    const shown = minibatchStatistics(
      {
        newLogProbs: of(only.new_logprobs),
        oldLogProbs: old.logProbs,
        advantages: old.advantages,
        newValues: of(only.new_values),
        oldValues: old.values,
        returns: old.returns,
      },
      config,
    );
    expect(worstError([shown.ratio], [only.ratio_mean])).toBeLessThan(1e-9);
    expect(worstError([shown.approxKl], [only.approx_kl])).toBeLessThan(1e-9);
    expect(worstError([shown.explainedVariance!], [only.explained_variance])).toBeLessThan(1e-9);
    expect(shown.policyClipFraction).toBeCloseTo(only.policy_clip_fraction, 12);
    expect(shown.valueClipFraction).toBeCloseTo(only.value_clip_fraction, 12);
  });
});

test('adaptive KL over ten batches', () => {
  const { initial_beta, target, horizon, episodes_per_batch, observed_kl, beta_after } = fixture.adaptive_kl;
  let beta = initial_beta;
  observed_kl.forEach((kl, i) => {
    beta = adaptBeta(beta, kl, target, episodes_per_batch, horizon);
    expect(Math.abs(beta - beta_after[i]!)).toBeLessThan(1e-12);
  });
});

const emptyUpdate = {
  loss: 0,
  policyLoss: 0,
  valueLoss: 0,
  gradNorm: 0,
  tokens: 1,
  ratio: 1,
  ratioDeviation: 0,
  policyClipFraction: 0,
  valueClipFraction: 0,
  approxKl: 0,
  explainedVariance: null,
};
