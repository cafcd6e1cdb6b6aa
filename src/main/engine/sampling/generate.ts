import { PlainError } from '#shared/errors.ts';
import type { DecodeWeights } from '#shared/sampling.ts';
import type { Decoder } from '../nn/decoder.ts';
import type { Random } from '../nn/random.ts';
import { type GrowingRows, openRows } from './growing.ts';
import { draw, notNumbers, temperatureFloor, type WarpOptions, warp } from './warp.ts';
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
  /** Rows at once, default 64. */
  batchSize?: number;
  /** How weights are held while answers are written, where the backend has a choice; default 'f32', as they are. */
  decodeWeights?: DecodeWeights | undefined;
  /** Awaited after every token, so that a stop is heard; given all responses as far as they have come, in the order of the requests. */
  onStep?: (growing: readonly Generated[]) => Promise<void>;
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

/** Share of the rows that must have left before others come: prompts that are read together cost less, and so does copying a cache seldom. */
const worthFilling = 1 / 8;

/**
 * Answers every request, results in the order of the requests, on the backend that writes. Prompts of like length are read together; in the place of rows that are done
 * come the next. A response depends on its prompt and its generator, not on the others.
 * @throws PlainError `bad_input` when a prompt is empty, fills the context, or has an id that the model does not know.
 */
export function generate(decoder: Decoder, requests: readonly GenerateRequest[], options: GenerateOptions): Promise<Generated[]> {
  return asWriter(decoder, (writer) => answerAll(writer, requests, options));
}

async function answerAll(decoder: Decoder, requests: readonly GenerateRequest[], options: GenerateOptions): Promise<Generated[]> {
  const all = requests.map((request) => rowOf(decoder, request, options));
  const waiting = all.filter(({ limit }) => limit > 0).sort((a, b) => a.prompt.length - b.prompt.length);
  if (waiting.length > 0) {
    const rows = openRows(decoder, {
      slots: Math.min(options.batchSize ?? 64, waiting.length),
      capacity: Math.max(...waiting.map(({ prompt, limit }) => prompt.length + limit)),
      weights: options.decodeWeights ?? 'f32',
    });
    try {
      await write(rows, waiting, options, () => options.onStep?.(all));
    } finally {
      rows.dispose();
    }
  }
  return all.map(({ ids, terminated }) => ({ ids, terminated }));
}

async function write(rows: GrowingRows, waiting: Row[], options: GenerateOptions, onStep: () => Promise<void> | undefined): Promise<void> {
  const enough = Math.max(1, rows.slots * worthFilling);
  let growing: Row[] = [];
  while (growing.length > 0 || waiting.length > 0) {
    if (waiting.length > 0 && rows.slots - growing.length >= enough) {
      const fresh = waiting.splice(0, rows.slots - growing.length);
      const logits = rows.add(fresh.map(({ prompt }) => prompt));
      growing.push(...fresh);
      sample((await logits.data()) as Float32Array, fresh, options);
      logits.dispose();
    } else await grow(rows, growing, options);
    await onStep();
    const left = growing.flatMap((row, i) => (row.done ? [] : [i]));
    const gone = growing.length - left.length;
    if (gone > 0 && (rows.leaveFreely || left.length === 0 || gone >= enough)) {
      if (left.length > 0 || waiting.length > 0) rows.keep(left);
      growing = left.map((i) => growing[i]!);
    }
  }
}

/** One token more for each row that is not done. */
async function grow(rows: GrowingRows, growing: readonly Row[], options: GenerateOptions): Promise<void> {
  const ids = Int32Array.from(growing, ({ ids }) => ids.at(-1)!);
  const positions = Int32Array.from(growing, ({ prompt, ids }) => prompt.length + ids.length - 1);
  if (rows.draw && options.topK === 0 && options.topP >= 1) {
    const uniforms = Float64Array.from(growing, ({ generator }) => generator.uniform());
    const drawn = rows.draw(ids, positions, uniforms, options.temperature + temperatureFloor);
    growing.forEach((row, i) => {
      if (drawn[i]! < 0) throw notNumbers();
      extend(row, drawn[i]!, options);
    });
  } else sample(await rows.logits(ids, positions), growing, options);
}

/** Draws a token for each row that is not done from its line of logits [B, V]. */
function sample(logits: Float32Array, rows: readonly Row[], options: GenerateOptions): void {
  const vocabulary = logits.length / rows.length;
  const probabilities = new Float64Array(vocabulary);
  rows.forEach((row, i) => {
    if (row.done) return;
    extend(row, draw(warp(logits.subarray(i * vocabulary, (i + 1) * vocabulary), options, probabilities), row.generator), options);
  });
}

function extend(row: Row, id: number, { stopIds }: GenerateOptions): void {
  row.ids.push(id);
  row.terminated = stopIds.includes(id);
  row.done = row.terminated || row.ids.length >= row.limit;
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
