/**
 * Group relative policy optimization (Shao et al. 2024, DeepSeekMath; spec/algorithms.md, GRPO) toward the objective of the whole project:
 *
 *     maximize  E_x E_{y ~ π_θ(·|x)} [ r_φ(x, y) − β·KL( π_θ(y|x) ‖ π_SFT(y|x) ) ].
 *
 * A step answers each of a few prompts G times. An answer is worth what it scores above the others of its group, so no critic is needed; KL is in the loss and not in
 * the reward. Everything per token is flat, [R], with one number for each response token of the batch: no padding is in it.
 */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';
import { type JobOf, promptRow } from '#shared/jobs.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { GrpoConfig } from '#shared/training/grpo.ts';
import { AdamW } from '../nn/adamw.ts';
import { Random } from '../nn/random.ts';
import { saveCheckpoint } from '../weights/checkpoint.ts';
import { responseBatch } from './batch.ts';
import { type JobContext, type JobResult, Stopped, StopRequested } from './context.ts';
import { grpoMetrics } from './grpo-metrics.ts';
import { collectSamples, type GrpoModels, type Sample } from './grpo-rollout.ts';
import { firstState, type GrpoState, type GrpoUpdate, grpoState } from './grpo-state.ts';
import { episodeScore } from './maths/advantages.ts';
import { groupAdvantages } from './maths/group-advantages.ts';
import { type GrpoLoss, grpoStatistics, tokenWeights } from './maths/grpo.ts';
import { sequenceKl } from './maths/kl.ts';
import { flat } from './maths/statistics.ts';
import { type LossPart, microBatches } from './micro-batches.ts';
import { RowOrder } from './order.ts';
import { Pace, secondsSince } from './pace.ts';
import { loadPolicyAndJudge, questionsOf } from './ppo-models.ts';
import { predictingHidden, tokenLogProbs } from './response.ts';
import { readRows } from './rows.ts';
import { restoreState, saveState, type Trained } from './run-state.ts';
import { findSigns } from './signs.ts';
import { checkFinite, update, updateRate } from './update.ts';

/** Of R tokens, what an update holds fixed. */
export interface FixedTokens {
  oldLogProbs: Float64Array;
  referenceLogProbs: Float64Array;
  /** A of the answer that the token belongs to. */
  advantages: Float64Array;
  /** Its share of the loss (`tokenWeights`). */
  weights: Float64Array;
}

/**
 * The loss of R tokens, each by its weight:
 *
 *     ρ = e^clip(lp − lp_old, ±20)
 *     l = −min( ρA, clip(ρ, 1 − ε_lo, 1 + ε_hi)·A ) + β·k3,   k3 = e^(rp − lp) − 1 − (rp − lp)
 */
export function grpoLoss(logProbs: tf.Tensor1D, fixed: FixedTokens, config: GrpoLoss): tf.Scalar {
  const { klCoefficient, clipRangeLow, clipRangeHigh } = config;
  const A = tf.tensor1d(Float32Array.from(fixed.advantages)); // [R], as all below
  const ratio = tf.exp(tf.clipByValue(tf.sub(logProbs, Float32Array.from(fixed.oldLogProbs)), -20, 20));
  const surrogate = tf.minimum(tf.mul(ratio, A), tf.mul(tf.clipByValue(ratio, 1 - clipRangeLow, 1 + clipRangeHigh), A));
  const behind = tf.sub(tf.tensor1d(Float32Array.from(fixed.referenceLogProbs)), logProbs); // rp − lp
  const kl = tf.sub(tf.sub(tf.exp(behind), 1), behind);
  const losses = tf.sub(tf.mul(klCoefficient, kl), surrogate);
  return tf.sum(tf.mul(losses, Float32Array.from(fixed.weights))) as tf.Scalar;
}

/**
 * One update by a minibatch.
 * @param advantages A of every answer of the whole batch. @param microBatches the minibatch, as lists of indices into `samples`.
 */
export async function improveGrpo(
  { policy, tokenizer }: Pick<GrpoModels, 'policy' | 'tokenizer'>,
  trained: Trained,
  samples: readonly Sample[],
  advantages: ArrayLike<number>,
  parts: readonly (readonly number[])[],
  config: GrpoConfig,
  settings: { learningRate: number; step: number },
  breathe: () => Promise<void>,
): Promise<GrpoUpdate> {
  const weights = tokenWeights(
    config.reduction,
    samples.map(({ response }) => response.length),
    parts,
    config.maxNewTokens,
  );
  const chosen = parts.flat();
  const fresh = new Map<number, Float32Array>();
  const fixedOf = (rows: readonly number[]): FixedTokens => ({
    oldLogProbs: flat(rows.map((i) => samples[i]!.logProbs)),
    referenceLogProbs: flat(rows.map((i) => samples[i]!.referenceLogProbs)),
    advantages: flat(rows.map((i) => samples[i]!.response.map(() => advantages[i]!))),
    weights: flat(rows.map((i) => samples[i]!.response.map(() => weights[i]!))),
  });
  // What memory holds at a time has nothing to do with micro-batches: the weights are known, so the loss may be summed in any parts.
  const lengths = chosen.map((i) => samples[i]!.prompt.length + samples[i]!.response.length);
  const passes = microBatches(lengths, config.tokensAtOnce).map((group): LossPart => {
    return () => {
      const rows = group.map((g) => chosen[g]!);
      const batch = responseBatch(
        rows.map((i) => samples[i]!),
        tokenizer.padId,
      );
      const predicting = predictingHidden(policy.hidden(batch.ids, batch.mask), batch); // [B, T, D] → [R, D]
      const { logProbs } = tokenLogProbs(policy, predicting, batch, config.temperature); // [R]
      const values = logProbs.dataSync() as Float32Array;
      let from = 0;
      rows.forEach((i, row) => {
        fresh.set(i, values.slice(from, from + batch.lengths[row]!));
        from += batch.lengths[row]!;
      });
      return grpoLoss(logProbs, fixedOf(rows), config);
    };
  });
  const { loss, gradNorm } = await update(passes, trained, { ...settings, maxGradNorm: config.maxGradNorm }, breathe);
  const fixed = fixedOf(chosen);
  return { loss, gradNorm, ...grpoStatistics({ ...fixed, logProbs: flat(chosen.map((i) => fresh.get(i)!)) }, config) };
}

/** What the answers of each group are given: their rewards, clipped or replaced. */
export function groupScores(samples: readonly Sample[], config: GrpoConfig): number[][] {
  const scores = samples.map(({ reward, terminated }) => episodeScore(reward, terminated, config));
  return slices(scores, config.groupSize);
}

/** @throws Stopped after a stop, with a resumable state on disk; PlainError for what a person can mend. */
export async function trainGrpo(job: JobOf<'grpo'>, context: JobContext): Promise<JobResult> {
  const { config, runFolder } = job;
  const models = loadPolicyAndJudge(job);
  const { parameters } = models.policy;
  const optimizer = new AdamW(parameters, { beta1: 0.9, beta2: 0.999, epsilon: config.adamEpsilon, weightDecay: config.weightDecay });
  const trained = { parameters, optimizer };
  const prompts = questionsOf(readRows(join(runFolder, 'data/train.jsonl'), promptRow), models, config, context);
  if (prompts.length === 0) throw new PlainError('bad_input', 'There is no prompt to train on. Import some, then start again.');
  const heldOut = readRows(join(runFolder, 'data/held_out.jsonl'), promptRow);
  const wanted = heldOut.filter(({ id }) => job.samplePromptIds.includes(id));
  const fixed = questionsOf(wanted, models, config, context);
  const order = new RowOrder(prompts.length, config.seed);
  const answers = config.groups * config.groupSize;
  const minibatches = Math.ceil(answers / config.minibatchSize);
  const state: GrpoState = (job.resume && restoreState(runFolder, trained, grpoState)) || firstState();
  const pace = new Pace(state.step, config.steps);
  const started = { event: 'started', backend: context.backend, parameters: parameters.count } as const;
  context.emit({ ...started, totalSteps: config.steps, resumedAt: state.step });
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

      // Answers: the place of a prompt in the endless order, and which of its G answers it is, fix an answer.
      if (!state.samples) {
        const rows = order.rows(step * config.groups, (step + 1) * config.groups);
        const questions = rows.flatMap((row, g) =>
          Array.from({ length: config.groupSize }, (_, member) => {
            const { id, ids } = prompts[row]!;
            return { id, ids, generator: Random.from(config.seed, id, step * config.groups + g, member) };
          }),
        );
        const { samples, seconds } = await collectSamples(models, questions, config, context.breathe);
        state.samples = samples;
        state.seconds = { ...seconds, train: 0 };
      }
      const { samples } = state;
      const groups = groupScores(samples, config);
      const advantages = groupAdvantages(groups, config.scaleRewards);

      // Updates: each pass goes over the batch in an order of its own.
      const learningRate = updateRate(config.schedule, step, config.steps, config.warmupSteps, config.learningRate);
      while (state.updates.length < config.epochs * minibatches) {
        const began = performance.now();
        const epoch = Math.floor(state.updates.length / minibatches);
        const from = (state.updates.length % minibatches) * config.minibatchSize;
        const shuffled = Random.from(config.seed, 'minibatches', step, epoch).shuffle(samples.map((_, i) => i));
        const parts = slices(shuffled.slice(from, from + config.minibatchSize), config.microBatchSize || config.minibatchSize);
        const settings = { learningRate, step };
        state.updates.push(await improveGrpo(models, trained, samples, advantages, parts, config, settings, context.breathe));
        state.seconds.train += secondsSince(began);
      }

      const values = grpoMetrics(samples, groups, state, config, learningRate);
      state.step++;
      endStep(state, values, context);
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

/** Closes a step: signs of failure are named, the batch is forgotten. */
function endStep(state: GrpoState, values: Metrics, context: JobContext): void {
  const { step } = state;
  context.emit({ event: 'metrics', step, values });
  state.metrics = values;
  state.history.push({ step, values, firstRatioDeviation: state.updates[0]!.ratioDeviation });
  for (const sign of findSigns(state.history, new Set(state.signs), 'k3')) {
    state.signs.push(sign.sign);
    context.emit({ event: 'sign', ...sign });
  }
  state.samples = null;
  state.updates = [];
}

/** Answers the same few held-out prompts, with the same seed every time, so that what changes is the policy. */
async function emitSamples(
  models: GrpoModels,
  fixed: readonly { id: string; ids: number[] }[],
  config: GrpoConfig,
  step: number,
  context: JobContext,
): Promise<void> {
  if (fixed.length === 0) return;
  const questions = fixed.map(({ id, ids }) => ({ id, ids, generator: Random.from(config.seed, 'sample', id) }));
  const { samples } = await collectSamples(models, questions, config, context.breathe);
  for (const { promptId, response, terminated, reward, logProbs, referenceLogProbs } of samples) {
    const kl = sequenceKl('k3', logProbs, referenceLogProbs);
    const text = models.tokenizer.decode(response);
    context.emit({ event: 'sample', step, promptId, text, tokens: response.length, terminated, reward, kl });
  }
}

/** Consecutive slices of at most `size`. */
function slices<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
