/**
 * Supervised fine-tuning (spec/algorithms.md, SFT): next-token cross-entropy on response tokens only,
 *
 *     L(θ) = −1/R · Σ_(x,y) Σ_t log π_θ(y_t | x, y_<t),   R response tokens in the batch, the stop token among them.
 */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import { type JobOf, metricValues, type SftRow, sftRow } from '#shared/jobs.ts';
import type { Metrics } from '#shared/metrics.ts';
import { AdamW } from '../nn/adamw.ts';
import type { Decoder } from '../nn/decoder.ts';
import { logProb } from '../nn/ops/log-prob.ts';
import type { Tokenizer } from '../tokens/tokenizer.ts';
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from '../weights/checkpoint.ts';
import { disposeBatch, fitContext, groupsByLength, type ResponseBatch, responseBatch, type TokenSequence } from './batch.ts';
import { type JobContext, type JobResult, Stopped, StopRequested } from './context.ts';
import { decoderToTrain } from './decoder-to-train.ts';
import { type LossPart, microBatches } from './micro-batches.ts';
import { RowOrder } from './order.ts';
import { Pace, secondsSince } from './pace.ts';
import { predictingHidden } from './response.ts';
import { readRows } from './rows.ts';
import { restoreState, saveState } from './run-state.ts';
import { checkFinite, update, updateRate } from './update.ts';

/** Rows measured at a time. */
const measuredAtOnce = 16;

/** −Σ log π(y_t) over the batch's R response tokens, divided by `tokens`: R itself, or that of the whole batch of which this is a part. */
export function sftLoss(decoder: Decoder, batch: ResponseBatch, tokens: number): tf.Scalar {
  const predicting = predictingHidden(decoder, batch); // [R, D]
  const { logProbs } = logProb(predicting, decoder.headWeight, batch.targets, 1); // [R]
  return tf.neg(tf.div(tf.sum(logProbs), tokens)) as tf.Scalar;
}

/** Mean cross-entropy, its exponential, and the share of response tokens that would have been guessed right; all over response tokens alone. */
export async function measureSft(
  decoder: Decoder,
  sequences: readonly TokenSequence[],
  padId: number,
  breathe: () => Promise<void>,
): Promise<{ loss: number; perplexity: number; tokenAccuracy: number }> {
  let loss = 0;
  let right = 0;
  let tokens = 0;
  for (const group of groupsByLength(sequences, measuredAtOnce)) {
    await breathe();
    const batch = responseBatch(
      group.map((i) => sequences[i]!),
      padId,
    );
    tf.tidy(() => {
      const predicting = predictingHidden(decoder, batch);
      const { logProbs } = logProb(predicting, decoder.headWeight, batch.targets, 1);
      for (const lp of logProbs.dataSync()) loss -= lp;
      const guesses = tf.argMax(decoder.logits(predicting), 1).dataSync();
      const targets = batch.targets.dataSync();
      for (let i = 0; i < targets.length; i++) if (guesses[i] === targets[i]) right++;
      tokens += targets.length;
    });
    disposeBatch(batch);
  }
  return { loss: loss / tokens, perplexity: Math.exp(loss / tokens), tokenAccuracy: right / tokens };
}

/** @throws Stopped after a stop, with a resumable state on disk; PlainError for what a person can mend. */
export async function trainSft(job: JobOf<'sft'>, context: JobContext): Promise<JobResult> {
  const { config, runFolder } = job;
  const checkpoint = loadCheckpoint(job.startCheckpoint, job.bases);
  const { tokenizer, base } = checkpoint;
  const decoder = decoderToTrain(checkpoint.decoder, config, false);
  const train = sequencesOf(readRows(join(runFolder, 'data/train.jsonl'), sftRow), checkpoint, context);
  const heldOut = sequencesOf(readRows(join(runFolder, 'data/held_out.jsonl'), sftRow), checkpoint, context);
  if (train.length === 0)
    throw new PlainError('bad_input', 'There is no pair of prompt and response to train on. Import some, then start again.');

  const trained = {
    parameters: decoder.trainable,
    optimizer: new AdamW(decoder.trainable, { beta1: 0.9, beta2: config.adamBeta2, epsilon: 1e-8, weightDecay: config.weightDecay }),
  };
  const rows = Math.max(1, Math.round(config.epochs * train.length));
  const totalSteps = Math.ceil(rows / config.batchSize);
  const order = new RowOrder(train.length, config.seed);
  const state = (job.resume && restoreState(runFolder, trained, sftState)) || { step: 0, measuredAt: 0, metrics: {} };
  const lastStep = Math.min(totalSteps, job.lastStep ?? totalSteps);
  const pace = new Pace(state.step, totalSteps);
  context.emit({ event: 'started', backend: context.backend, parameters: decoder.trainable.count, totalSteps, resumedAt: state.step });

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
      const due = heldOut.length > 0 && step > state.measuredAt && (step % config.evaluateEvery === 0 || step >= lastStep);
      if (due) {
        const { loss, tokenAccuracy } = await measureSft(decoder, heldOut, tokenizer.padId, context.breathe);
        report({ 'sft/held_out_loss': loss, 'sft/token_accuracy': tokenAccuracy });
        state.measuredAt = step;
      }
      if (step >= lastStep) break;

      const began = performance.now();
      const batch = order.rows(step * config.batchSize, Math.min((step + 1) * config.batchSize, rows)).map((i) => train[i]!);
      const learningRate = updateRate(config.schedule, step, totalSteps, config.warmupFraction * totalSteps, config.learningRate);
      const tokens = batch.reduce((sum, { response }) => sum + response.length, 0);
      const parts = microBatches(
        batch.map(({ prompt, response }) => prompt.length + response.length),
        config.tokensAtOnce,
      ).map((group): LossPart => {
        return () =>
          sftLoss(
            decoder,
            responseBatch(
              group.map((i) => batch[i]!),
              tokenizer.padId,
            ),
            tokens,
          );
      });
      const { loss, gradNorm } = await update(parts, trained, { ...config, learningRate, step }, context.breathe);
      state.step++;
      const seconds = secondsSince(began);
      report({
        'sft/loss': loss,
        'sft/perplexity': Math.exp(loss),
        'policy/lr': learningRate,
        'policy/grad_norm': gradNorm,
        'time/step': seconds,
        'throughput/tokens_per_second': tokens / seconds,
        'throughput/samples_per_second': batch.length / seconds,
      });
      context.emit({ event: 'progress', step: state.step, totalSteps, secondsLeft: pace.secondsLeft(state.step) });
      if (state.step % config.checkpointEvery === 0) save();
    }
  } catch (error) {
    if (!(error instanceof StopRequested)) throw error;
    save();
    throw new Stopped(state.step);
  }
  checkFinite(decoder.trainable);
  const folder = join(runFolder, 'checkpoint');
  saveCheckpoint(folder, { decoder, tokenizer, manifest: { format: 1, kind: 'sft', reward: null }, scoreHead: null, base });
  return { checkpoint: folder, metrics: state.metrics, reward: null };
}

const sftState = z.object({ step: z.int().min(0), measuredAt: z.int().min(0), metrics: metricValues });

/** Rows as tokens, each response ended by EOS; prompts too long are cut from their left, rows whose response alone is too long are left out and counted in the log. */
function sequencesOf(rows: readonly SftRow[], { decoder, tokenizer }: Checkpoint, context: JobContext): TokenSequence[] {
  const fitted = rows.map((row) => fitContext(sequenceOf(tokenizer, row), decoder.config.positions));
  const dropped = fitted.filter((sequence) => sequence === null).length;
  if (dropped > 0) {
    context.emit({
      event: 'log',
      line: `${dropped} of ${rows.length} responses are longer than the ${decoder.config.positions} tokens that this model reads, and were left out.`,
    });
  }
  return fitted.filter((sequence) => sequence !== null);
}

function sequenceOf(tokenizer: Tokenizer, row: SftRow): TokenSequence {
  return { prompt: tokenizer.prompt(row.prompt), response: [...tokenizer.encode(row.response), tokenizer.eosId] };
}
