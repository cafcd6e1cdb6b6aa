/**
 * Group relative policy optimization (Shao et al. 2024, DeepSeekMath; spec/algorithms.md, GRPO) toward the objective of the whole project:
 *
 *     maximize  E_x E_{y ~ π_θ(·|x)} [ r_φ(x, y) − β·KL( π_θ(y|x) ‖ π_SFT(y|x) ) ].
 *
 * A step answers each of a few prompts G times. An answer is worth what it scores above the others of its group, so no critic is needed; KL is in the loss or in the score
 * (`klIn`). Everything per token is flat, [R], with one number for each response token of the batch: no padding is in it.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { JobOf } from '#shared/jobs.ts';
import type { GrpoConfig } from '#shared/training/grpo.ts';
import { AdamW } from '../nn/adamw.ts';
import { Random } from '../nn/random.ts';
import type { Judge } from '../rewards/judge.ts';
import { responseBatch } from './batch.ts';
import type { JobContext, JobResult } from './context.ts';
import { grpoMetrics } from './grpo-metrics.ts';
import { firstState, type GrpoUpdate, grpoState } from './grpo-state.ts';
import { episodeScore } from './maths/advantages.ts';
import { groupAdvantages, groupReturns } from './maths/group-advantages.ts';
import { type GrpoLoss, grpoStatistics, tokenWeights } from './maths/grpo.ts';
import { flat } from './maths/statistics.ts';
import { type LossPart, microBatches } from './micro-batches.ts';
import { secondsSince } from './pace.ts';
import { loadPolicyAndJudge } from './policy-models.ts';
import { PolicyRun } from './policy-run.ts';
import { predictingHidden, tokenLogProbs } from './response.ts';
import { collectSamples, type PolicyModels, type Sample } from './rollout.ts';
import type { Trained } from './run-state.ts';
import { update } from './update.ts';

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
  const losses = klCoefficient === 0 ? tf.neg(surrogate) : tf.sub(tf.mul(klCoefficient, k3(logProbs, fixed.referenceLogProbs)), surrogate);
  return tf.sum(tf.mul(losses, Float32Array.from(fixed.weights))) as tf.Scalar;
}

/** e^(rp − lp) − 1 − (rp − lp), [R]. */
function k3(logProbs: tf.Tensor1D, referenceLogProbs: Float64Array): tf.Tensor {
  const behind = tf.sub(tf.tensor1d(Float32Array.from(referenceLogProbs)), logProbs);
  return tf.sub(tf.sub(tf.exp(behind), 1), behind);
}

/**
 * One update by a minibatch.
 * @param advantages A of every answer of the whole batch. @param microBatches the minibatch, as lists of indices into `samples`.
 */
export async function improveGrpo(
  { policy, tokenizer }: Pick<PolicyModels, 'policy' | 'tokenizer'>,
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
      const predicting = predictingHidden(policy, batch); // [R, D]
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

/**
 * @param judge in place of the job's own rewards. @throws Stopped after a stop, with a resumable state on disk; PlainError for what a person can mend.
 */
export async function trainGrpo(job: JobOf<'grpo'>, context: JobContext, judge?: Judge): Promise<JobResult> {
  const { config } = job;
  const models = loadPolicyAndJudge(job, judge);
  const parameters = models.policy.trainable;
  const optimizer = new AdamW(parameters, { beta1: 0.9, beta2: 0.999, epsilon: config.adamEpsilon, weightDecay: config.weightDecay });
  const trained = { parameters, optimizer };
  const run = new PolicyRun(job, models, trained, { schema: grpoState, first: firstState() }, context);
  const { state } = run;
  // β counts once: in the loss, or in what answers are worth.
  const beta = { loss: 0, reward: 0, [config.klIn]: config.klCoefficient };
  const inLoss = { ...config, klCoefficient: beta.loss };
  const minibatches = Math.ceil((config.groups * config.groupSize) / config.minibatchSize);

  try {
    while (await run.another()) {
      const { step } = state;
      // Answers: the place of a prompt in the endless order, and which of its G answers it is, fix an answer.
      if (!state.samples) {
        const from = step * config.groups;
        const questions = run.prompts(from, from + config.groups).flatMap(({ id, ids }, g) =>
          Array.from({ length: config.groupSize }, (_, member) => ({
            id,
            ids,
            generator: Random.from(config.seed, id, from + g, member),
          })),
        );
        const { samples, seconds } = await collectSamples(models, questions, config, context.breathe);
        state.samples = samples;
        run.answered(seconds);
      }
      const { samples } = state;
      const groups = groupScores(samples, config);
      const advantages = groupAdvantages(groupReturns(groups, samples, beta.reward), config.scaleRewards);

      // Updates: each pass goes over the batch in an order of its own.
      const { learningRate } = run;
      while (state.updates.length < config.epochs * minibatches && !run.movedFar(state.updates)) {
        const began = performance.now();
        const epoch = Math.floor(state.updates.length / minibatches);
        const from = (state.updates.length % minibatches) * config.minibatchSize;
        const shuffled = Random.from(config.seed, 'minibatches', step, epoch).shuffle(samples.map((_, i) => i));
        const parts = slices(shuffled.slice(from, from + config.minibatchSize), config.microBatchSize || config.minibatchSize);
        const settings = { learningRate, step };
        state.updates.push(await improveGrpo(models, trained, samples, advantages, parts, inLoss, settings, context.breathe));
        state.seconds.train += secondsSince(began);
      }

      const values = grpoMetrics(samples, groups, state, config, learningRate, models.judge.names);
      const { ratioDeviation } = state.updates[0]!;
      state.samples = null;
      state.updates = [];
      run.endStep(values, ratioDeviation);
    }
  } catch (error) {
    run.stopped(error);
  }
  return run.finish();
}

/** Consecutive slices of at most `size`. */
function slices<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
