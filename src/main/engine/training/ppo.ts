/**
 * Proximal policy optimization toward the objective of the whole project (spec/algorithms.md; Ouyang et al. 2022, Schulman et al. 2017):
 *
 *     maximize  E_x E_{y ~ π_θ(·|x)} [ r_φ(x, y) − β·KL( π_θ(y|x) ‖ π_SFT(y|x) ) ].
 *
 * A step answers a batch of prompts, measures the answers, and makes a few passes of clipped updates over them. Everything per token is flat, [R], with one
 * number for each response token of the batch: no padding is in it, so every mean is the masked mean.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { JobOf } from '#shared/jobs.ts';
import type { PpoConfig } from '#shared/training/ppo.ts';
import { AdamW } from '../nn/adamw.ts';
import { Parameters } from '../nn/parameters.ts';
import { Random } from '../nn/random.ts';
import type { Judge } from '../rewards/judge.ts';
import { responseBatch, splitByLength } from './batch.ts';
import type { JobContext, JobResult } from './context.ts';
import { adaptBeta } from './maths/adaptive-kl.ts';
import { episodeScore, generalizedAdvantages, tokenRewards, whiten } from './maths/advantages.ts';
import { tokenKls } from './maths/kl.ts';
import { minibatchStatistics } from './maths/ppo-statistics.ts';
import { flat } from './maths/statistics.ts';
import { type LossPart, microBatches } from './micro-batches.ts';
import { secondsSince } from './pace.ts';
import { loadModels } from './policy-models.ts';
import { PolicyRun } from './policy-run.ts';
import { stepMetrics } from './ppo-metrics.ts';
import { firstState, ppoState, type Update } from './ppo-state.ts';
import { predictingHidden, tokenLogProbs } from './response.ts';
import { collectEpisodes, type Episode, type Models } from './rollout.ts';
import type { Trained } from './run-state.ts';
import { update } from './update.ts';

/** Of one batch, a row for each episode: what its updates train toward. */
export interface Targets {
  scores: number[];
  tokenRewards: Float64Array[];
  /** A before whitening. */
  advantages: Float64Array[];
  /** R = A + V, from A before whitening. */
  returns: Float64Array[];
  /** A after it, where that is done over the batch; else as before. */
  advantagesWhitened: Float64Array[];
}

/**
 * r_t = −β·KL_t, plus the score on the last token; A and R by GAE; A whitened over all tokens of the batch, or as `whitenAdvantages` says.
 */
export function targetsOf(episodes: readonly Episode[], beta: number, config: PpoConfig): Targets {
  const scores = episodes.map(({ reward, terminated }) => episodeScore(reward, terminated, config));
  const raw = episodes.map(({ logProbs, referenceLogProbs }, i) =>
    tokenRewards(tokenKls(config.klEstimator, logProbs, referenceLogProbs), scores[i]!, beta, config.klClip),
  );
  const rewards = config.whitenRewards ? whiten(raw, true) : raw;
  const estimates = episodes.map(({ values }, i) => generalizedAdvantages(rewards[i]!, values, config.gamma, config.lambda));
  const advantages = estimates.map((estimate) => estimate.advantages);
  return {
    scores,
    tokenRewards: rewards,
    advantages,
    returns: estimates.map((estimate) => estimate.returns),
    advantagesWhitened: config.whitenAdvantages === 'batch' ? whiten(advantages) : advantages,
  };
}

/** Of R tokens, what an update holds fixed. */
export interface OldTokens {
  logProbs: Float64Array;
  values: Float64Array;
  advantages: Float64Array;
  returns: Float64Array;
}

/**
 * The two losses over R tokens, summed and divided by `tokens`: R itself, or that of the minibatch of which these are a part.
 *
 *     ρ = e^clip(lp − lp_old, ±20)
 *     L_policy = mean max( −A·ρ, −A·clip(ρ, 1 ± ε) )
 *     L_value = ½·mean max( (V − R)², (clip(V, V_old ± ε_v) − R)² )
 */
export function ppoLosses(
  logProbs: tf.Tensor1D,
  values: tf.Tensor1D,
  old: OldTokens,
  { clipRange, valueClipRange }: Pick<PpoConfig, 'clipRange' | 'valueClipRange'>,
  tokens: number,
): { policy: tf.Scalar; value: tf.Scalar } {
  const A = tf.tensor1d(Float32Array.from(old.advantages)); // [R], as all below
  const R = tf.tensor1d(Float32Array.from(old.returns));
  const oldValues = tf.tensor1d(Float32Array.from(old.values));
  const ratio = tf.exp(tf.clipByValue(tf.sub(logProbs, Float32Array.from(old.logProbs)), -20, 20));
  const surrogate = tf.maximum(tf.neg(tf.mul(A, ratio)), tf.neg(tf.mul(A, tf.clipByValue(ratio, 1 - clipRange, 1 + clipRange))));
  // clip(V, V_old ± ε_v), written as a clip by numbers, which every backend has
  const clippedValues = tf.add(oldValues, tf.clipByValue(tf.sub(values, oldValues), -valueClipRange, valueClipRange));
  const errors = tf.maximum(tf.square(tf.sub(values, R)), tf.square(tf.sub(clippedValues, R)));
  return {
    policy: tf.div(tf.sum(surrogate), tokens) as tf.Scalar,
    value: tf.div(tf.sum(errors), 2 * tokens) as tf.Scalar,
  };
}

/**
 * One update by one minibatch: loss = policy + c_v·value, one AdamW over policy and critic, their gradients clipped together.
 * @param targets of the whole batch. @param chosen the minibatch: indices into `episodes`.
 */
export async function improve(
  models: Pick<Models, 'policy' | 'critic' | 'tokenizer'>,
  trained: Trained,
  episodes: readonly Episode[],
  targets: Targets,
  chosen: readonly number[],
  config: PpoConfig,
  settings: { learningRate: number; step: number },
  breathe: () => Promise<void>,
): Promise<Update> {
  const { policy, critic, tokenizer } = models;
  const tokens = chosen.reduce((sum, i) => sum + episodes[i]!.response.length, 0);
  const losses = { policy: 0, value: 0 };
  const fresh = { logProbs: chosen.map(() => new Float64Array()), values: chosen.map(() => new Float64Array()) };
  const lengths = chosen.map((i) => episodes[i]!.prompt.length + episodes[i]!.response.length);
  const ofBatch = chosen.map((i) => targets.advantagesWhitened[i]!);
  const advantages = config.whitenAdvantages === 'minibatch' ? whiten(ofBatch) : ofBatch;
  const place = new Map(chosen.map((i, n) => [i, n]));
  const oldOf = (rows: readonly number[]): OldTokens => ({
    logProbs: flat(rows.map((i) => episodes[i]!.logProbs)),
    values: flat(rows.map((i) => episodes[i]!.values)),
    advantages: flat(rows.map((i) => advantages[place.get(i)!]!)),
    returns: flat(rows.map((i) => targets.returns[i]!)),
  });
  const parts = microBatches(lengths, config.tokensAtOnce).map((group): LossPart => {
    return () => {
      const rows = group.map((g) => chosen[g]!);
      const batch = responseBatch(
        rows.map((i) => episodes[i]!),
        tokenizer.padId,
      );
      const predicting = predictingHidden(policy, batch); // [R, D]
      const { logProbs } = tokenLogProbs(policy, predicting, batch, config.temperature); // [R]
      const values = critic.values(predicting, batch); // [R]
      const { policy: policyLoss, value: valueLoss } = ppoLosses(logProbs, values, oldOf(rows), config, tokens);
      losses.policy += policyLoss.dataSync()[0]!;
      losses.value += valueLoss.dataSync()[0]!;
      splitInto(fresh.logProbs, group, logProbs.dataSync(), batch.lengths);
      splitInto(fresh.values, group, values.dataSync(), batch.lengths);
      return tf.add(policyLoss, tf.mul(config.valueCoefficient, valueLoss)) as tf.Scalar;
    };
  });
  const { loss, gradNorm } = await update(parts, trained, { ...settings, maxGradNorm: config.maxGradNorm }, breathe);
  const old = oldOf(chosen);
  const statistics = minibatchStatistics(
    {
      newLogProbs: flat(fresh.logProbs),
      oldLogProbs: old.logProbs,
      advantages: old.advantages,
      newValues: flat(fresh.values),
      oldValues: old.values,
      returns: old.returns,
    },
    config,
  );
  return { loss, policyLoss: losses.policy, valueLoss: losses.value, gradNorm, ...statistics };
}

/**
 * @param judge in place of the job's own rewards. @throws Stopped after a stop, with a resumable state on disk; PlainError for what a person can mend.
 */
export async function trainPpo(job: JobOf<'ppo'>, context: JobContext, judge?: Judge): Promise<JobResult> {
  const { config } = job;
  const models = loadModels(job, judge);
  const parameters = Parameters.merge(models.policy.trainable.prefixed('policy.'), models.critic.parameters.prefixed('critic.'));
  const optimizer = new AdamW(parameters, { beta1: 0.9, beta2: 0.999, epsilon: config.adamEpsilon, weightDecay: config.weightDecay });
  const trained = { parameters, optimizer };
  const run = new PolicyRun(job, models, trained, { schema: ppoState, first: firstState(config) }, context);
  const { state } = run;
  const minibatches = Math.ceil(config.episodes / config.minibatchSize);

  try {
    while (await run.another()) {
      const { step } = state;
      // Answers: the place of a prompt in the endless order is its sample index.
      if (!state.episodes) {
        const from = step * config.episodes;
        const questions = run.prompts(from, from + config.episodes).map(({ id, ids }, i) => ({
          ...{ id, ids },
          generator: Random.from(config.seed, id, from + i),
        }));
        const { episodes, seconds } = await collectEpisodes(models, questions, config, context.breathe);
        state.episodes = episodes;
        run.answered(seconds);
      }
      const { episodes } = state;
      const targets = targetsOf(episodes, state.beta, config);

      // Updates: each pass goes over the batch in an order of its own.
      const { learningRate } = run;
      while (state.updates.length < config.epochs * minibatches && !run.movedFar(state.updates)) {
        const began = performance.now();
        const epoch = Math.floor(state.updates.length / minibatches);
        const from = (state.updates.length % minibatches) * config.minibatchSize;
        const shuffled = Random.from(config.seed, 'minibatches', step, epoch).shuffle(episodes.map((_, i) => i));
        const chosen = shuffled.slice(from, from + config.minibatchSize);
        const done = await improve(models, trained, episodes, targets, chosen, config, { learningRate, step }, context.breathe);
        state.updates.push(done);
        state.seconds.train += secondsSince(began);
      }

      const values = stepMetrics(episodes, targets.scores, targets.returns, state, config, learningRate, models.judge.names);
      const { ratioDeviation } = state.updates[0]!;
      if (config.adaptiveKl) {
        state.beta = adaptBeta(state.beta, values['objective/kl']!, config.klTarget, config.episodes, config.klHorizon);
      }
      state.episodes = null;
      state.updates = [];
      run.endStep(values, ratioDeviation);
    }
  } catch (error) {
    run.stopped(error);
  }
  return run.finish();
}

/** Puts values [R] of a group's rows where those rows are. */
function splitInto(rows: Float64Array[], group: readonly number[], values: ArrayLike<number>, lengths: readonly number[]): void {
  splitByLength(values, lengths).forEach((row, i) => {
    rows[group[i]!] = row;
  });
}
