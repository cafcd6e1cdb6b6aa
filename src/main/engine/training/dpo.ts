/**
 * Direct preference optimization (Rafailov et al. 2023; spec/algorithms.md, DPO): the objective of the whole project has a best policy in closed form, so the reward that
 * explains the judgments can be written by the policy itself, r(x, y) = β·log π_θ(y|x)/π_SFT(y|x) up to a constant in x, and Bradley–Terry trains it directly:
 *
 *     L(θ) = −mean over pairs of  logσ( β·[ (lp_c − rp_c) − (lp_r − rp_r) ] ),
 *
 * lp and rp summed over the tokens of an answer, its stop token among them. Log-probabilities under SFT are measured once and kept with the run.
 */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import { type JobOf, metricValues, type PairRow, pairRow } from '#shared/jobs.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { DpoConfig } from '#shared/training/dpo.ts';
import { AdamW } from '../nn/adamw.ts';
import type { Decoder } from '../nn/decoder.ts';
import { Random } from '../nn/random.ts';
import { generate } from '../sampling/generate.ts';
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from '../weights/checkpoint.ts';
import { type ResponseBatch, responseBatch } from './batch.ts';
import { type JobContext, type JobResult, Stopped, StopRequested } from './context.ts';
import { decoderToTrain } from './decoder-to-train.ts';
import { type PairSums, pairLogProbs, referenceLogProbs } from './dpo-reference.ts';
import { type DpoLoss, dpoLoss, dpoRewards, type PairLogProbs } from './maths/dpo.ts';
import { mean } from './maths/statistics.ts';
import { type LossPart, microBatches } from './micro-batches.ts';
import { RowOrder } from './order.ts';
import { Pace, secondsSince } from './pace.ts';
import { predictingHidden, tokenLogProbs } from './response.ts';
import { pairsOf, type TokenPair } from './reward-pairs.ts';
import { fewestPairs } from './reward-report.ts';
import { readRows } from './rows.ts';
import { restoreState, saveState, type Trained } from './run-state.ts';
import { findSigns } from './signs.ts';
import { checkFinite, update, updateRate } from './update.ts';

/** Steps that the detectors of failure look back on, beside the first. */
const rememberedSteps = 20;

/**
 * Σ over pairs of the loss (`dpoLoss` has the equations), divided by `pairs`.
 * @param sums lp [2B] of the answers, the chosen first; for ipo, means over tokens. @param reference rp [2B], likewise.
 */
export function dpoLosses(sums: tf.Tensor1D, reference: readonly number[], config: DpoLoss, pairs: number): tf.Scalar {
  const B = reference.length / 2;
  const gains = tf.sub(sums, tf.tensor1d([...reference])) as tf.Tensor1D; // lp − rp, [2B]
  const delta = tf.sub(tf.slice(gains, 0, B), tf.slice(gains, B, B)); // δ, [B]
  return tf.div(tf.sum(lossOf(delta, config)), pairs) as tf.Scalar;
}

function lossOf(delta: tf.Tensor, { loss, klCoefficient: beta, labelSmoothing: epsilon }: DpoLoss): tf.Tensor {
  const z = tf.mul(beta, delta);
  // −logσ(z) is softplus(−z).
  const preferred = () => tf.mul(1 - epsilon, tf.softplus(tf.neg(z)));
  const flipped = () => tf.mul(epsilon, tf.softplus(z));
  switch (loss) {
    case 'sigmoid':
      return tf.add(preferred(), flipped());
    case 'robust':
      return tf.div(tf.sub(preferred(), flipped()), 1 - 2 * epsilon);
    case 'hinge':
      return tf.relu(tf.sub(1, z));
    case 'ipo':
      return tf.square(tf.sub(delta, 1 / (2 * beta)));
  }
}

/** Sums, or means, of a batch's flat tokens [R] by sequence, [S]: a product with a matrix of which each row marks the tokens of one sequence. */
function bySequence(tokens: tf.Tensor1D, { lengths }: ResponseBatch, average: boolean): tf.Tensor1D {
  const [S, R] = [lengths.length, tokens.shape[0]];
  const marks = new Float32Array(S * R);
  let from = 0;
  lengths.forEach((length, s) => {
    marks.fill(average ? 1 / length : 1, s * R + from, s * R + from + length);
    from += length;
  });
  return tf.sum(tf.mul(tf.tensor2d(marks, [S, R]), tf.reshape(tokens, [1, R])), 1) as tf.Tensor1D; // [S, R]·[1, R] → [S]
}

/**
 * One update by a batch of pairs. `reference` has rp of the same pairs.
 * → the loss, and what the policy gave each pair before the update.
 */
export async function improveDpo(
  { decoder, padId }: { decoder: Decoder; padId: number },
  trained: Trained,
  pairs: readonly TokenPair[],
  reference: PairSums,
  config: DpoConfig,
  settings: { learningRate: number; step: number },
  breathe: () => Promise<void>,
): Promise<{ loss: number; gradNorm: number; shown: PairLogProbs[] }> {
  const shown: PairLogProbs[] = pairs.map((_, i) => ({
    ...{ chosen: 0, rejected: 0 },
    ...{ referenceChosen: reference.chosen[i]!, referenceRejected: reference.rejected[i]! },
  }));
  const average = config.loss === 'ipo';
  const parts = microBatches(pairs.map(pairedLength), config.tokensAtOnce).map((group): LossPart => {
    return () => {
      const sequences = [...group.map((i) => pairs[i]!.chosen), ...group.map((i) => pairs[i]!.rejected)];
      const batch = responseBatch(sequences, padId);
      const predicting = predictingHidden(decoder, batch); // [R, D]
      const { logProbs } = tokenLogProbs(decoder, predicting, batch, 1); // [R]
      const sums = bySequence(logProbs, batch, false).dataSync(); // [2B]
      group.forEach((i, row) => {
        Object.assign(shown[i]!, { chosen: sums[row]!, rejected: sums[group.length + row]! });
      });
      const known = [...group.map((i) => reference.chosen[i]!), ...group.map((i) => reference.rejected[i]!)];
      const perAnswer = average ? known.map((sum, s) => sum / batch.lengths[s]!) : known;
      return dpoLosses(bySequence(logProbs, batch, average), perAnswer, config, pairs.length);
    };
  });
  const { loss, gradNorm } = await update(parts, trained, { ...settings, maxGradNorm: config.maxGradNorm }, breathe);
  return { loss, gradNorm, shown };
}

/** Implicit rewards of pairs and how often they stand as judged. */
export function dpoMetrics(shown: readonly PairLogProbs[], beta: number): Metrics {
  const rewards = shown.map((pair) => dpoRewards(pair, beta));
  return {
    'dpo/accuracy': mean(rewards.map(({ chosen, rejected }) => (chosen > rejected ? 1 : 0))),
    'dpo/margin': mean(rewards.map(({ chosen, rejected }) => chosen - rejected)),
    'dpo/chosen_reward': mean(rewards.map(({ chosen }) => chosen)),
    'dpo/rejected_reward': mean(rewards.map(({ rejected }) => rejected)),
    'dpo/chosen_logp': mean(shown.map(({ chosen }) => chosen)),
    'dpo/rejected_logp': mean(shown.map(({ rejected }) => rejected)),
  };
}

/** Loss and accuracy on held-out pairs; no accuracy from fewer than 20. */
export function heldOutMetrics(pairs: readonly TokenPair[], policy: PairSums, reference: PairSums, config: DpoConfig): Metrics {
  const share = (i: number, side: 'chosen' | 'rejected') => (config.loss === 'ipo' ? 1 / pairs[i]![side].response.length : 1);
  const gain = (i: number, side: 'chosen' | 'rejected') => share(i, side) * (policy[side][i]! - reference[side][i]!);
  const losses = pairs.map((_, i) => dpoLoss(gain(i, 'chosen') - gain(i, 'rejected'), config));
  const right = pairs.map((_, i) => {
    const [chosen, rejected] = [policy.chosen[i]! - reference.chosen[i]!, policy.rejected[i]! - reference.rejected[i]!];
    return chosen > rejected ? 1 : 0;
  });
  return { 'dpo/held_out_loss': mean(losses), ...(pairs.length >= fewestPairs && { 'dpo/held_out_accuracy': mean(right) }) };
}

/** @throws Stopped after a stop, with a resumable state on disk; PlainError for what a person can mend. */
export async function trainDpo(job: JobOf<'dpo'>, context: JobContext): Promise<JobResult> {
  const { config, runFolder } = job;
  const start = loadCheckpoint(job.startCheckpoint, job.bases);
  const { tokenizer, base } = start;
  const decoder = decoderToTrain(start.decoder, config, false);
  const heldOutRows = readRows(join(runFolder, 'data/held_out.jsonl'), pairRow);
  const train = preferencesOf(readRows(join(runFolder, 'data/train.jsonl'), pairRow), start, context);
  const heldOut = preferencesOf(heldOutRows, start, context);
  if (train.length === 0) {
    throw new PlainError(
      'bad_input',
      'No judged pair is left to train on: DPO learns nothing from ties, nor from responses longer than the model reads. Judge more pairs, then start again.',
    );
  }
  const fixed = questionsOf(heldOutRows, job.samplePromptIds, start, config);
  // Before any weight is restored: the decoder is still SFT.
  const reference = await referenceLogProbs(runFolder, decoder, { train, heldOut }, tokenizer.padId, context.breathe);

  const parameters = decoder.trainable;
  const optimizer = new AdamW(parameters, { beta1: 0.9, beta2: 0.999, epsilon: config.adamEpsilon, weightDecay: config.weightDecay });
  const trained = { parameters, optimizer };
  const places = Math.max(1, Math.round(config.epochs * train.length));
  const totalSteps = Math.ceil(places / config.batchSize);
  const order = new RowOrder(train.length, config.seed);
  const state: DpoState = (job.resume && restoreState(runFolder, trained, dpoState)) || firstState();
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

  try {
    for (;;) {
      const { step } = state;
      if (heldOut.length > 0 && step > state.measuredAt && (step % config.evaluateEvery === 0 || step >= lastStep)) {
        const policy = await pairLogProbs(decoder, heldOut, tokenizer.padId, context.breathe);
        report(heldOutMetrics(heldOut, policy, reference.heldOut, config));
        state.measuredAt = step;
      }
      if (step > state.sampledAt && (step % config.sampleEvery === 0 || step >= lastStep)) {
        await emitSamples({ decoder, tokenizer }, fixed, config, step, context);
        state.sampledAt = step;
      }
      if (step >= lastStep) break;

      const began = performance.now();
      const rows = order.rows(step * config.batchSize, Math.min((step + 1) * config.batchSize, places));
      const batch = rows.map((i) => train[i]!);
      const known = { chosen: rows.map((i) => reference.train.chosen[i]!), rejected: rows.map((i) => reference.train.rejected[i]!) };
      const learningRate = updateRate(config.schedule, step, totalSteps, config.warmupFraction * totalSteps, config.learningRate);
      const model = { decoder, padId: tokenizer.padId };
      const { loss, gradNorm, shown } = await improveDpo(model, trained, batch, known, config, { learningRate, step }, context.breathe);
      state.step++;
      const seconds = secondsSince(began);
      report({
        'dpo/loss': loss,
        ...dpoMetrics(shown, config.klCoefficient),
        'kl/beta': config.klCoefficient,
        'policy/lr': learningRate,
        'policy/grad_norm': gradNorm,
        'time/step': seconds,
        'throughput/samples_per_second': batch.length / seconds,
      });
      nameSigns(state, context);
      context.emit({ event: 'progress', step: state.step, totalSteps, secondsLeft: pace.secondsLeft(state.step) });
      if (state.step % config.checkpointEvery === 0) save();
    }
  } catch (error) {
    if (!(error instanceof StopRequested)) throw error;
    save();
    throw new Stopped(state.step);
  }
  checkFinite(parameters);
  const folder = join(runFolder, 'checkpoint');
  saveCheckpoint(folder, { decoder, tokenizer, manifest: { format: 1, kind: 'policy', reward: null }, scoreHead: null, base });
  return { checkpoint: folder, metrics: state.metrics, reward: null };
}

const dpoState = z.object({
  step: z.int().min(0),
  measuredAt: z.int(),
  sampledAt: z.int(),
  metrics: metricValues,
  /** The first step and the newest ones. */
  history: z.array(z.object({ step: z.int(), values: metricValues, firstRatioDeviation: z.number() })),
  signs: z.array(z.string()),
});
type DpoState = z.infer<typeof dpoState>;

const firstState = (): DpoState => ({ step: 0, measuredAt: 0, sampledAt: -1, metrics: {}, history: [], signs: [] });

function nameSigns(state: DpoState, context: JobContext): void {
  state.history.push({ step: state.step, values: state.metrics, firstRatioDeviation: 0 });
  if (state.history.length > rememberedSteps) state.history.splice(1, 1);
  for (const sign of findSigns(state.history, new Set(state.signs))) {
    state.signs.push(sign.sign);
    context.emit({ event: 'sign', ...sign });
  }
}

/** Untied rows as pairs of tokens, the preferred answer first. What is left out is counted in the log. */
function preferencesOf(rows: readonly PairRow[], start: Checkpoint, context: JobContext): TokenPair[] {
  const untied = rows.filter(({ softTarget }) => softTarget !== 0.5);
  const { pairs, dropped } = pairsOf(untied, start, { margins: [0, 0, 0] });
  const ties = rows.length - untied.length;
  if (ties > 0) context.emit({ event: 'log', line: `${ties} of ${rows.length} pairs are ties, from which DPO learns nothing.` });
  if (dropped > 0) context.emit({ event: 'log', line: `${dropped} of ${rows.length} pairs are longer than the model reads.` });
  return pairs.map(({ chosen, rejected, target }) =>
    target.softTarget > 0.5 ? { chosen, rejected, target } : { chosen: rejected, rejected: chosen, target },
  );
}

/** Prompts of held-out pairs to answer again and again, each once, cut from their left to leave room. */
function questionsOf(
  rows: readonly PairRow[],
  wanted: readonly string[],
  { decoder, tokenizer }: Checkpoint,
  { maxNewTokens }: DpoConfig,
): { id: string; ids: number[] }[] {
  const room = decoder.config.positions - Math.min(maxNewTokens, Math.floor(decoder.config.positions / 2));
  const prompts = new Map(rows.map(({ promptId, prompt }) => [promptId, prompt]));
  return wanted.flatMap((id) => {
    const prompt = prompts.get(id);
    return prompt ? [{ id, ids: tokenizer.prompt(prompt).slice(-room) }] : [];
  });
}

/** Answers the same prompts with the same seed every time. No reward model and no reference are at hand, so neither reward nor KL is said. */
async function emitSamples(
  { decoder, tokenizer }: Pick<Checkpoint, 'decoder' | 'tokenizer'>,
  fixed: readonly { id: string; ids: number[] }[],
  { temperature, maxNewTokens, seed }: DpoConfig,
  step: number,
  context: JobContext,
): Promise<void> {
  if (fixed.length === 0) return;
  const questions = fixed.map(({ id, ids }) => ({ ids, generator: Random.from(seed, 'sample', id) }));
  const options = { temperature, topK: 0, topP: 1, maxNewTokens, stopIds: tokenizer.stopIds, onStep: context.breathe };
  const answers = await generate(decoder, questions, options);
  answers.forEach(({ ids, terminated }, i) => {
    const text = tokenizer.decode(ids);
    context.emit({ event: 'sample', step, promptId: fixed[i]!.id, text, tokens: ids.length, terminated, reward: null, kl: null });
  });
}

/** Padded tokens that a pair takes in a batch: two rows of its longer side. */
function pairedLength({ chosen, rejected }: TokenPair): number {
  return 2 * Math.max(chosen.prompt.length + chosen.response.length, rejected.prompt.length + rejected.response.length);
}
