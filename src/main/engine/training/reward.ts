/**
 * The reward model r_φ (spec/algorithms.md, Reward model): a backbone and a linear head on the last token, trained on rankings by Bradley–Terry with margin m, soft target p
 * and centering c,
 *
 *     L(φ) = mean over pairs of  −[ p·logσ(Δ − m) + (1 − p)·logσ(−Δ − m) ] + c·(r_c + r_r)²,   Δ = r_φ(x, y_c) − r_φ(x, y_r).
 *
 * With several members (heads on the one backbone, each with a draw of the pairs of its own) the loss is the mean of theirs, and r_φ the mean of their rewards.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import { type BothBadRow, bothBadRow, type JobOf, learningCurve, metricValues, pairRow } from '#shared/jobs.ts';
import type { Metrics } from '#shared/metrics.ts';
import { AdamW } from '../nn/adamw.ts';
import { Parameters } from '../nn/parameters.ts';
import { loadCheckpoint, saveCheckpoint } from '../weights/checkpoint.ts';
import { padRight, type TokenSequence } from './batch.ts';
import { type JobContext, type JobResult, Stopped, StopRequested } from './context.ts';
import { decoderToTrain } from './decoder-to-train.ts';
import { type PairTarget, pairAccuracy, rewardScale } from './maths/bradley-terry.ts';
import { mean } from './maths/statistics.ts';
import { meanHead } from './member-heads.ts';
import { type LossPart, microBatches } from './micro-batches.ts';
import { RowOrder } from './order.ts';
import { Pace, secondsSince } from './pace.ts';
import { RewardModel } from './reward-model.ts';
import { bothBadPairs, pairsOf, type TokenPair } from './reward-pairs.ts';
import { measurePairs, rewardReportOf } from './reward-report.ts';
import { samplesToNormalize } from './reward-samples.ts';
import { beginReward, memberWeights, randomHeads } from './reward-start.ts';
import { readRows } from './rows.ts';
import { restoreState, saveState } from './run-state.ts';
import type { ScoredPairs } from './scored-pairs.ts';
import { checkFinite, update, updateRate } from './update.ts';

/** Held-out pairs that are measured during training; all are measured at its end. */
const measuredMeanwhile = 100;

/**
 * Σ over pairs of the Bradley–Terry loss, divided by `pairs`. @param rewards raw rewards [2B], the chosen first.
 * @param times how often each pair counts; once where it is not given
 */
export function pairLoss(
  rewards: tf.Tensor1D,
  targets: readonly PairTarget[],
  centering: number,
  pairs: number,
  times?: readonly number[],
): tf.Scalar {
  const B = targets.length;
  const chosen = tf.slice(rewards, 0, B); // [B]
  const rejected = tf.slice(rewards, B, B); // [B]
  const p = tf.tensor1d(targets.map(({ softTarget }) => softTarget));
  const m = tf.tensor1d(targets.map(({ margin }) => margin));
  const difference = tf.sub(chosen, rejected); // Δ
  const asChosen = tf.mul(p, tf.softplus(tf.sub(m, difference))); // −p·logσ(Δ − m)
  const asRejected = tf.mul(tf.sub(1, p), tf.softplus(tf.add(difference, m))); // −(1 − p)·logσ(−Δ − m)
  const centered = tf.mul(centering, tf.square(tf.add(chosen, rejected))); // c·(r_c + r_r)²
  const losses = tf.add(tf.add(asChosen, asRejected), centered); // [B]
  return tf.div(tf.sum(times ? tf.mul(losses, tf.tensor1d([...times])) : losses), pairs) as tf.Scalar;
}

/** The mean of the members' losses. @param rewards raw rewards [2B, K]. @param times [K][B]; null for one head, which counts each pair once. */
export function memberLoss(
  rewards: tf.Tensor2D,
  targets: readonly PairTarget[],
  centering: number,
  pairs: number,
  times: readonly (readonly number[])[] | null,
): tf.Scalar {
  if (!times) return pairLoss(tf.reshape(rewards, [-1]), targets, centering, pairs);
  const losses = times.map((ofMember, k) => {
    const column: tf.Tensor1D = tf.reshape(tf.slice(rewards, [0, k], [-1, 1]), [-1]); // [2B]
    return pairLoss(column, targets, centering, pairs * times.length, ofMember);
  });
  return losses.reduce((sum, loss) => tf.add(sum, loss) as tf.Scalar);
}

/** @throws Stopped after a stop, with a resumable state on disk; PlainError for what a person can mend. */
export async function trainReward(job: JobOf<'reward'>, context: JobContext): Promise<JobResult> {
  const { config, runFolder } = job;
  const start = loadCheckpoint(job.startCheckpoint, job.bases);
  const { tokenizer, base } = start;
  const decoder = decoderToTrain(start.decoder, config, false);
  const { head, members } = randomHeads(decoder.config.width, config);
  const model = new RewardModel(decoder, head, members);
  const train = pairsOf(readRows(join(runFolder, 'data/train.jsonl'), pairRow), start, config);
  const heldOut = pairsOf(readRows(join(runFolder, 'data/held_out.jsonl'), pairRow), start, config);
  if (train.pairs.length === 0) {
    throw new PlainError(
      'bad_input',
      train.dropped > 0
        ? `All ${train.dropped} judged responses are longer than the ${decoder.config.positions} tokens that this model reads. Choose a model with a longer context.`
        : 'There is no judged pair to train on. Judge some, then start again.',
    );
  }

  const parameters = Parameters.merge(decoder.trainable, (members ?? head).parameters);
  const optimizer = new AdamW(parameters, { beta1: 0.9, beta2: 0.999, epsilon: config.adamEpsilon, weightDecay: config.weightDecay });
  const trained = { parameters, optimizer };
  const bothBad = config.bothBad === 'negative' ? readBothBad(runFolder) : [];
  const learned = [...train.pairs, ...bothBadPairs(bothBad, train.pairs, start, config.seed)];
  const places = Math.max(1, Math.round(config.epochs * learned.length));
  const totalSteps = Math.ceil(places / config.batchSize);
  const order = new RowOrder(learned.length, config.seed);
  const times = memberWeights(learned.length, config);
  const state = (job.resume && restoreState(runFolder, trained, rewardState)) || { step: 0, measuredAt: 0, metrics: {}, curve: null };
  const lastStep = Math.min(totalSteps, job.lastStep ?? totalSteps);
  const pace = new Pace(state.step, totalSteps);
  context.emit({ event: 'started', backend: context.backend, parameters: parameters.count, totalSteps, resumedAt: state.step });

  const report = (values: Metrics) => {
    state.metrics = { ...state.metrics, ...values };
    context.emit({ event: 'metrics', step: state.step, values });
  };
  const save = () => {
    saveState(runFolder, state.step, trained, state);
    context.emit({ event: 'state', step: state.step });
  };
  const scored = (pairs: readonly TokenPair[]) => scorePairs(model, pairs, tokenizer.padId, context.breathe);
  let trainScores: ScoredPairs;
  let heldOutScores: ScoredPairs;
  try {
    if (state.step === 0)
      state.curve = await beginReward(
        model,
        { learned, judged: train.pairs.length },
        heldOut.pairs,
        config,
        tokenizer.padId,
        context.breathe,
      );
    for (;;) {
      const { step } = state;
      if (heldOut.pairs.length > 0 && step > state.measuredAt && (step % config.evaluateEvery === 0 || step >= lastStep)) {
        const measured = measurePairs(await scored(heldOut.pairs.slice(0, measuredMeanwhile)));
        report({ 'rm/held_out_loss': measured.logLoss, ...(measured.accuracy !== null && { 'rm/held_out_accuracy': measured.accuracy }) });
        state.measuredAt = step;
      }
      if (step >= lastStep) break;

      const began = performance.now();
      const rows = order.rows(step * config.batchSize, Math.min((step + 1) * config.batchSize, places));
      const batch = rows.map((i) => learned[i]!);
      const learningRate = updateRate(config.schedule, step, totalSteps, config.warmupFraction * totalSteps, config.learningRate);
      const rewards = { chosen: new Float64Array(batch.length), rejected: new Float64Array(batch.length) };
      const parts = microBatches(batch.map(pairedLength), config.tokensAtOnce).map((group): LossPart => {
        return () => {
          const pairs = group.map((i) => batch[i]!);
          const raw = model.rawMembers(padRight(bothSides(pairs), tokenizer.padId)); // [2B, K]
          const values = raw.dataSync();
          const meanOf = (row: number) => mean(values.subarray(row * raw.shape[1], (row + 1) * raw.shape[1]));
          group.forEach((i, row) => {
            rewards.chosen[i] = meanOf(row);
            rewards.rejected[i] = meanOf(group.length + row);
          });
          return memberLoss(
            raw,
            pairs.map(({ target }) => target),
            config.centerRewardsCoefficient,
            batch.length,
            times?.map((ofMember) => group.map((i) => ofMember[rows[i]!]!)) ?? null,
          );
        };
      });
      const { loss, gradNorm } = await update(parts, trained, { ...config, learningRate, step }, context.breathe);
      state.step++;
      const { accuracy } = pairAccuracy(
        rewards.chosen,
        rewards.rejected,
        batch.map(({ target }) => target.softTarget),
      );
      const seconds = secondsSince(began);
      report({
        'rm/loss': loss,
        ...(accuracy !== null && { 'rm/accuracy': accuracy }),
        'rm/margin': mean(rewards.chosen) - mean(rewards.rejected),
        'policy/lr': learningRate,
        'policy/grad_norm': gradNorm,
        'time/step': seconds,
        'throughput/samples_per_second': batch.length / seconds,
      });
      context.emit({ event: 'progress', step: state.step, totalSteps, secondsLeft: pace.secondsLeft(state.step) });
      if (state.step % config.checkpointEvery === 0) save();
    }
    const samples = await samplesToNormalize(job, train.pairs, context);
    const raw = await model.memberRewards(samples, tokenizer.padId, context.breathe);
    if (members) model.centers = model.centers.map((_, k) => mean(raw.map((ofSample) => ofSample[k]!)));
    model.scale = rewardScale(raw.map((ofSample) => mean(ofSample) - mean(model.centers)));
    trainScores = await scored(train.pairs);
    heldOutScores = await scored(heldOut.pairs);
  } catch (error) {
    if (!(error instanceof StopRequested)) throw error;
    save();
    throw new Stopped(state.step);
  }
  const result = rewardReportOf(trainScores, heldOutScores, model.scale, train.dropped + heldOut.dropped, state.curve);
  if (result.calibrationError !== null) report({ 'rm/calibration_error': result.calibrationError });
  if (result.accuracy !== null) report({ 'rm/held_out_accuracy': result.accuracy });
  checkFinite(parameters);
  const folder = join(runFolder, 'checkpoint');
  saveCheckpoint(folder, {
    decoder,
    tokenizer,
    manifest: { format: 1, kind: 'reward', reward: model.scale },
    scoreHead: headValues(model),
    base,
  });
  return { checkpoint: folder, metrics: state.metrics, reward: result };
}

const rewardState = z.object({
  step: z.int().min(0),
  measuredAt: z.int().min(0),
  metrics: metricValues,
  curve: learningCurve.nullable().default(null),
});

/** The head, or the members from their centers and the head that is their mean. */
function headValues({ head, members, centers }: RewardModel) {
  if (!members) return head.values();
  const { weight, bias } = members.values();
  const centered = { weight, bias: bias.map((b, k) => b - centers[k]!) };
  return { ...meanHead(centered), members: centered };
}

/** Raw rewards of every pair, without a gradient. */
export async function scorePairs(
  model: RewardModel,
  pairs: readonly TokenPair[],
  padId: number,
  breathe: () => Promise<void>,
): Promise<ScoredPairs> {
  const sides = [...pairs.map(({ chosen }) => chosen), ...pairs.map(({ rejected }) => rejected)];
  const rewards = await model.memberRewards(sides, padId, breathe);
  const [chosen, rejected] = [rewards.slice(0, pairs.length), rewards.slice(pairs.length)];
  return {
    chosen: chosen.map(mean),
    rejected: rejected.map(mean),
    members: model.members && { chosen, rejected },
    chosenLengths: pairs.map(({ chosen }) => chosen.response.length),
    rejectedLengths: pairs.map(({ rejected }) => rejected.response.length),
    softTargets: pairs.map(({ target }) => target.softTarget),
  };
}

/** Padded tokens that a pair takes in a batch: two rows of its longer side. */
function pairedLength({ chosen, rejected }: TokenPair): number {
  const length = ({ prompt, response }: TokenSequence) => prompt.length + response.length;
  return 2 * Math.max(length(chosen), length(rejected));
}

/** Rows [2B] of a batch: the chosen, then the rejected. */
function bothSides(pairs: readonly TokenPair[]): number[][] {
  const row = ({ prompt, response }: TokenSequence) => [...prompt, ...response];
  return [...pairs.map(({ chosen }) => row(chosen)), ...pairs.map(({ rejected }) => row(rejected))];
}

/** The backend writes the file where there is such a judgment. */
function readBothBad(runFolder: string): BothBadRow[] {
  const path = join(runFolder, 'data/both_bad.jsonl');
  return existsSync(path) ? readRows(path, bothBadRow) : [];
}
