import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';
import type { Decoder } from '../nn/decoder.ts';
import type { Random } from '../nn/random.ts';
import { KeyValueCache } from './cache.ts';
import { draw, type WarpOptions, warp } from './warp.ts';
import { asWriter } from './writer.ts';

export interface GenerateRequest {
  /** The prompt, at least one token. */
  ids: readonly number[];
  /** Its own generator: `Random.from(seed, promptId, sample)` fixes the response, whatever else is generated beside it. */
  generator: Random;
}

export interface GenerateOptions extends WarpOptions {
  maxNewTokens: number;
  stopIds: readonly number[];
  /** Rows at once. */
  batchSize?: number;
  /** Awaited after every token, so that a stop is heard. */
  onStep?: () => Promise<void>;
}

export interface Generated {
  /** New tokens, the stop token included. */
  ids: number[];
  /** Whether a stop token came; false when the limit or the model's context ended it. */
  terminated: boolean;
}

/** A request on its way. */
interface Row extends Generated {
  prompt: readonly number[];
  generator: Random;
  limit: number;
  done: boolean;
}

/** Share of rows that are done at which they leave: to copy the cache without them costs about as much as one more token of every row. */
const worthLeaving = 1 / 8;

/**
 * Answers every request, results in the order of the requests, on the backend that writes. Prompts of like length are read together; rows that are done leave.
 * @throws PlainError `bad_input` when a prompt is empty, fills the context, or has an id that the model does not know.
 */
export function generate(decoder: Decoder, requests: readonly GenerateRequest[], options: GenerateOptions): Promise<Generated[]> {
  return asWriter(decoder, (writer) => answerAll(writer, requests, options));
}

async function answerAll(decoder: Decoder, requests: readonly GenerateRequest[], options: GenerateOptions): Promise<Generated[]> {
  const rows = requests.map((request) => rowOf(decoder, request, options));
  const byLength = [...rows].sort((a, b) => a.prompt.length - b.prompt.length);
  const batchSize = options.batchSize ?? 64;
  for (let start = 0; start < byLength.length; start += batchSize) await answer(decoder, byLength.slice(start, start + batchSize), options);
  return rows.map(({ ids, terminated }) => ({ ids, terminated }));
}

async function answer(decoder: Decoder, batch: Row[], options: GenerateOptions): Promise<void> {
  let rows = batch.filter(({ limit }) => limit > 0);
  if (rows.length === 0) return;
  const cache = new KeyValueCache(decoder, Math.max(...rows.map(({ prompt, limit }) => prompt.length + limit)));
  try {
    let logits = tf.tidy(() => decoder.logits(prefill(cache, rows)));
    for (;;) {
      await sample(logits, rows, options);
      await options.onStep?.();
      const left = rows.flatMap((row, i) => (row.done ? [] : [i]));
      if (left.length === 0) return;
      if (rows.length - left.length >= rows.length * worthLeaving) {
        cache.keep(left);
        rows = left.map((i) => rows[i]!);
      }
      const last = Int32Array.from(rows, ({ ids }) => ids.at(-1)!);
      const positions = Int32Array.from(rows, ({ prompt, ids }) => prompt.length + ids.length - 1);
      logits = tf.tidy(() => decoder.logits(cache.next(last, positions)));
    }
  } finally {
    cache.dispose();
  }
}

/** Draws a token for each row that is not done from its line of logits [B, V], which it disposes. */
async function sample(logits: tf.Tensor2D, rows: Row[], options: GenerateOptions): Promise<void> {
  const [, vocabulary] = logits.shape;
  const values = await logits.data();
  logits.dispose();
  const probabilities = new Float64Array(vocabulary);
  rows.forEach((row, i) => {
    if (row.done) return;
    const id = draw(warp(values.subarray(i * vocabulary, (i + 1) * vocabulary), options, probabilities), row.generator);
    row.ids.push(id);
    row.terminated = options.stopIds.includes(id);
    row.done = row.terminated || row.ids.length >= row.limit;
  });
}

/** Reads the prompts. → hidden [B, D] of each row's last token */
function prefill(cache: KeyValueCache, rows: Row[]): tf.Tensor2D {
  const time = Math.max(...rows.map(({ prompt }) => prompt.length));
  const ids = new Int32Array(rows.length * time);
  const mask = new Int32Array(rows.length * time);
  rows.forEach(({ prompt }, b) => {
    ids.set(prompt, b * time);
    mask.fill(1, b * time, b * time + prompt.length);
  });
  const shape: [number, number] = [rows.length, time];
  const hidden = cache.prefill(tf.tensor2d(ids, shape, 'int32'), tf.tensor2d(mask, shape, 'int32')); // [B, T, D]
  const last = rows.map(({ prompt }, b) => b * time + prompt.length - 1);
  return tf.gather(tf.reshape(hidden, [rows.length * time, hidden.shape[2]]), tf.tensor1d(last, 'int32')) as tf.Tensor2D;
}

function rowOf(decoder: Decoder, { ids, generator }: GenerateRequest, { maxNewTokens }: GenerateOptions): Row {
  const { positions, vocabulary } = decoder.config;
  if (ids.length === 0) throw new PlainError('bad_input', 'A prompt has no tokens, so there is nothing to answer.');
  if (ids.length >= positions) {
    throw new PlainError(
      'bad_input',
      `A prompt of ${ids.length} tokens leaves no room for an answer: this model reads ${positions}. Shorten it.`,
    );
  }
  const stranger = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabulary));
  if (stranger !== undefined) {
    throw new PlainError(
      'bad_input',
      `Token ${stranger} is not in the model's vocabulary of ${vocabulary}: tokenizer and weights do not belong together.`,
    );
  }
  return { prompt: ids, generator, limit: Math.min(maxNewTokens, positions - ids.length), ids: [], terminated: false, done: false };
}
