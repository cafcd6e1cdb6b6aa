/**
 * Proximal policy optimization toward the objective of the whole project (spec/algorithms.md; Ouyang et al. 2022, Schulman et al. 2017):
 *
 *     maximize  E_x E_{y ~ π_θ(·|x)} [ r_φ(x, y) − β·KL( π_θ(y|x) ‖ π_SFT(y|x) ) ].
 *
 * A step answers a batch of prompts, measures the answers, and makes a few passes of clipped updates over them. Everything per token is flat, [R], with one
 * number for each response token of the batch: no padding is in it, so every mean is the masked mean.
 */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';
import { type JobOf, promptRow } from '#shared/jobs.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { PpoConfig } from '#shared/training/ppo.ts';
import { AdamW } from '../nn/adamw.ts';
import { Parameters } from '../nn/parameters.ts';
import { Random } from '../nn/random.ts';
import { saveCheckpoint } from '../weights/checkpoint.ts';
import { responseBatch, splitByLength } from './batch.ts';
import { type JobContext, type JobResult, Stopped, StopRequested } from './context.ts';
import { adaptBeta } from './maths/adaptive-kl.ts';
import { episodeScore, generalizedAdvantages, tokenRewards, whiten } from './maths/advantages.ts';
import { sequenceKl, tokenKls } from './maths/kl.ts';
import { minibatchStatistics } from './maths/ppo-statistics.ts';
import { flat } from './maths/statistics.ts';
import { type LossPart, microBatches } from './micro-batches.ts';
import { RowOrder } from './order.ts';
import { Pace, secondsSince } from './pace.ts';
import { stepMetrics } from './ppo-metrics.ts';
import { loadModels, questionsOf } from './ppo-models.ts';
import { collectEpisodes, type Episode, type Models } from './ppo-rollout.ts';
import { firstState, type PpoState, ppoState, type Update } from './ppo-state.ts';
import { predictingHidden, tokenLogProbs } from './response.ts';
import { readRows } from './rows.ts';
import { restoreState, saveState, type Trained } from './run-state.ts';
import { findSigns } from './signs.ts';
import { checkFinite, update, updateRate } from './update.ts';

/** Of one batch, a row for each episode: what its updates train toward. */
export interface Targets {
  scores: number[];
  tokenRewards: Float64Array[];
  /** A before whitening. */
  advantages: Float64Array[];
  /** R = A + V, from A before whitening. */
  returns: Float64Array[];
  advantagesWhitened: Float64Array[];
}

/**
 * r_t = −β·KL_t, plus the score on the last token; A and R by GAE; A whitened over all tokens of the batch.
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
    advantagesWhitened: whiten(advantages),
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
  const oldOf = (rows: readonly number[]): OldTokens => ({
    logProbs: flat(rows.map((i) => episodes[i]!.logProbs)),
    values: flat(rows.map((i) => episodes[i]!.values)),
    advantages: flat(rows.map((i) => targets.advantagesWhitened[i]!)),
    returns: flat(rows.map((i) => targets.returns[i]!)),
  });
  const parts = microBatches(lengths, config.tokensAtOnce).map((group): LossPart => {
    return () => {
      const rows = group.map((g) => chosen[g]!);
      const batch = responseBatch(
        rows.map((i) => episodes[i]!),
        tokenizer.padId,
      );
      const predicting = predictingHidden(policy.hidden(batch.ids, batch.mask), batch); // [B, T, D] → [R, D]
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

/** @throws Stopped after a stop, with a resumable state on disk; PlainError for what a person can mend. */
export async function trainPpo(job: JobOf<'ppo'>, context: JobContext): Promise<JobResult> {
  const { config, runFolder } = job;
  const models = loadModels(job);
  const parameters = Parameters.merge(models.policy.parameters.prefixed('policy.'), models.critic.parameters.prefixed('critic.'));
  const optimizer = new AdamW(parameters, { beta1: 0.9, beta2: 0.999, epsilon: config.adamEpsilon, weightDecay: config.weightDecay });
  const trained = { parameters, optimizer };
  const prompts = questionsOf(readRows(join(runFolder, 'data/train.jsonl'), promptRow), models, config, context);
  if (prompts.length === 0) throw new PlainError('bad_input', 'There is no prompt to train on. Import some, then start again.');
  const fixed = questionsOf(
    readRows(join(runFolder, 'data/held_out.jsonl'), promptRow).filter(({ id }) => job.samplePromptIds.includes(id)),
    models,
    config,
    context,
  );
  const order = new RowOrder(prompts.length, config.seed);
  const minibatches = Math.ceil(config.episodes / config.minibatchSize);
  const state: PpoState = (job.resume && restoreState(runFolder, trained, ppoState)) || firstState(config);
  const pace = new Pace(state.step, config.steps);
  context.emit({
    event: 'started',
    backend: context.backend,
    parameters: parameters.count,
    totalSteps: config.steps,
    resumedAt: state.step,
  });
  const save = () => {
    saveState(runFolder, state.step, trained, state);
    context.emit({ event: 'state', step: state.step });
  };

  try {
    for (;;) {
      const { step } = state;
      if (step > state.sampledAt && (step % config.sampleEvery === 0 || step === config.steps)) {
        await emitSamples(models, fixed, config, step, context);
        state.sampledAt = step;
      }
      if (step === config.steps) break;

      // Answers: the place of a prompt in the endless order is its sample index.
      if (!state.episodes) {
        const places = Array.from({ length: config.episodes }, (_, i) => step * config.episodes + i);
        const rows = order.rows(places[0]!, places[0]! + config.episodes);
        const questions = places.map((place, i) => {
          const { id, ids } = prompts[rows[i]!]!;
          return { id, ids, generator: Random.from(config.seed, id, place) };
        });
        const { episodes, seconds } = await collectEpisodes(models, questions, config, context.breathe);
        state.episodes = episodes;
        state.seconds = { ...seconds, train: 0 };
      }
      const { episodes } = state;
      const targets = targetsOf(episodes, state.beta, config);

      // Updates: each pass goes over the batch in an order of its own.
      const learningRate = updateRate(config.schedule, step, config.steps, config.warmupSteps, config.learningRate);
      while (state.updates.length < config.epochs * minibatches) {
        const began = performance.now();
        const epoch = Math.floor(state.updates.length / minibatches);
        const from = (state.updates.length % minibatches) * config.minibatchSize;
        const shuffled = Random.from(config.seed, 'minibatches', step, epoch).shuffle(episodes.map((_, i) => i));
        const chosen = shuffled.slice(from, from + config.minibatchSize);
        const done = await improve(models, trained, episodes, targets, chosen, config, { learningRate, step }, context.breathe);
        state.updates.push(done);
        state.seconds.train += secondsSince(began);
      }

      const values = stepMetrics(episodes, targets.scores, targets.returns, state, config, learningRate);
      state.step++;
      endStep(state, values, config, context);
      if (state.step % config.checkpointEvery === 0) save();
      context.emit({ event: 'progress', step: state.step, totalSteps: config.steps, secondsLeft: pace.secondsLeft(state.step) });
    }
  } catch (error) {
    if (!(error instanceof StopRequested)) throw error;
    save();
    throw new Stopped(state.step);
  }
  checkFinite(parameters);
  const folder = join(runFolder, 'checkpoint');
  const { policy: decoder, tokenizer } = models;
  saveCheckpoint(folder, { decoder, tokenizer, manifest: { format: 1, kind: 'policy', reward: null }, scoreHead: null });
  return { checkpoint: folder, metrics: state.metrics, reward: null };
}

/** Closes a step: β moves toward the KL target, signs of failure are named, the batch is forgotten. */
function endStep(state: PpoState, values: Metrics, config: PpoConfig, context: JobContext): void {
  const { step } = state;
  context.emit({ event: 'metrics', step, values });
  if (config.adaptiveKl) {
    state.beta = adaptBeta(state.beta, values['objective/kl']!, config.klTarget, config.episodes, config.klHorizon);
  }
  state.metrics = values;
  state.history.push({ step, values, firstRatioDeviation: state.updates[0]!.ratioDeviation });
  for (const sign of findSigns(state.history, new Set(state.signs), config.klEstimator)) {
    state.signs.push(sign.sign);
    context.emit({ event: 'sign', ...sign });
  }
  state.episodes = null;
  state.updates = [];
}

/** Answers the same few held-out prompts, with the same seed every time, so that what changes is the policy. KL is k3, which is never negative. */
async function emitSamples(
  models: Models,
  fixed: readonly { id: string; ids: number[] }[],
  config: PpoConfig,
  step: number,
  context: JobContext,
): Promise<void> {
  if (fixed.length === 0) return;
  const questions = fixed.map(({ id, ids }) => ({ id, ids, generator: Random.from(config.seed, 'sample', id) }));
  const { episodes } = await collectEpisodes(models, questions, config, context.breathe);
  for (const { promptId, response, terminated, reward, logProbs, referenceLogProbs } of episodes) {
    const kl = sequenceKl('k3', logProbs, referenceLogProbs);
    const text = models.tokenizer.decode(response);
    context.emit({ event: 'sample', step, promptId, text, tokens: response.length, terminated, reward, kl });
  }
}

/** Puts values [R] of a group's rows where those rows are. */
function splitInto(rows: Float64Array[], group: readonly number[], values: ArrayLike<number>, lengths: readonly number[]): void {
  splitByLength(values, lengths).forEach((row, i) => {
    rows[group[i]!] = row;
  });
}
