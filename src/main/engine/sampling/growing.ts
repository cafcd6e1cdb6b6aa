import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';
import type { Decoding, DecodingOptions } from '../backends/decoding.ts';
import type { Decoder } from '../nn/decoder.ts';
import { type Projections, unpack } from '../nn/ops/attention.ts';
import { kernels } from '../nn/ops/kernels.ts';
import { KeyValueCache } from './cache.ts';

/** Rows that grow token by token over a cache, in the order in which they came. */
export interface GrowingRows {
  /** How many there can be at once. */
  readonly slots: number;
  /** Whether rows may leave one by one; otherwise each leaving copies the cache. */
  readonly leaveFreely: boolean;
  /** Reads prompts, whose rows join behind the others. → logits [B, V] of the last token of each */
  add(prompts: readonly (readonly number[])[]): tf.Tensor2D;
  /** One more token a row, id and position each. → logits [R, V], which hold until the next call */
  logits(ids: Int32Array, positions: Int32Array): Promise<Float32Array>;
  /**
   * Where the backend can: one more token a row, and the next drawn from softmax(logits / temperature) by one number in [0, 1) a row. → ids, −1 where the logits are
   * not numbers
   */
  draw?(ids: Int32Array, positions: Int32Array, uniforms: Float64Array, temperature: number): Int32Array;
  /** Only these rows stay, in this order. */
  keep(rows: readonly number[]): void;
  dispose(): void;
}

/**
 * Room for `slots` rows of `capacity` positions; for fewer, where the backend's memory does not hold more. A backend that decodes in a way of its own does, with `weights`;
 * the others decode op by op, in float32.
 */
export function openRows(decoder: Decoder, options: DecodingOptions): GrowingRows {
  for (let slots = options.slots; slots >= 1; slots = Math.floor(slots / 2)) {
    try {
      const decoding = decoder.openDecoding({ ...options, slots });
      if (!decoding) break;
      return new SlottedRows(decoder, decoding, slots);
    } catch (error) {
      if (!(error instanceof PlainError && error.code === 'no_space')) throw error;
    }
  }
  return new TensorRows(decoder, options.slots, options.capacity);
}

/** Rows in the slots of a backend's own decoding: one that leaves frees its slot, and nothing is copied. */
class SlottedRows implements GrowingRows {
  readonly leaveFreely = true;
  readonly slots: number;
  readonly #decoder: Decoder;
  readonly #decoding: Decoding;
  #used: Int32Array = new Int32Array(0);

  constructor(decoder: Decoder, decoding: Decoding, slots: number) {
    this.#decoder = decoder;
    this.#decoding = decoding;
    this.slots = slots;
  }

  add(prompts: readonly (readonly number[])[]): tf.Tensor2D {
    const used = new Set(this.#used);
    const fresh: number[] = [];
    for (let slot = 0; fresh.length < prompts.length; slot++) if (!used.has(slot)) fresh.push(slot);
    const slots = Int32Array.from(fresh);
    this.#used = Int32Array.from([...this.#used, ...fresh]);
    return read(this.#decoder, prompts, (ids, mask) =>
      this.#decoder.hidden(ids, mask, (layer, projections: Projections) => {
        const [, keys, values] = unpack(projections, this.#decoder.config);
        this.#decoding.store(layer, keys, values, slots);
      }),
    );
  }

  async logits(ids: Int32Array, positions: Int32Array): Promise<Float32Array> {
    return this.#decoding.logits({ slots: this.#used, ids, positions });
  }

  draw(ids: Int32Array, positions: Int32Array, uniforms: Float64Array, temperature: number): Int32Array {
    return this.#decoding.draw({ slots: this.#used, ids, positions }, uniforms, temperature);
  }

  keep(rows: readonly number[]): void {
    this.#used = Int32Array.from(rows, (row) => this.#used[row]!);
  }

  dispose(): void {
    this.#decoding.dispose();
  }
}

/** Rows of tensors, for a backend that decodes op by op. */
class TensorRows implements GrowingRows {
  readonly leaveFreely = false;
  readonly slots: number;
  readonly #decoder: Decoder;
  readonly #capacity: number;
  readonly #cache: KeyValueCache;
  /** The adapter's corrections in the weights: a step of an adapted model would be three products a linear layer. */
  readonly #corrected: Decoder | null;

  constructor(decoder: Decoder, slots: number, capacity: number) {
    // A backend whose memory did not hold its own decoding has no room for corrected weights either.
    this.#corrected = decoder.adapter && !kernels().openDecoding ? decoder.corrected() : null;
    this.#decoder = this.#corrected ?? decoder;
    this.slots = slots;
    this.#capacity = capacity;
    this.#cache = new KeyValueCache(this.#decoder, capacity);
  }

  add(prompts: readonly (readonly number[])[]): tf.Tensor2D {
    const cache = new KeyValueCache(this.#decoder, this.#capacity);
    const logits = read(this.#decoder, prompts, (ids, mask) => cache.prefill(ids, mask));
    this.#cache.append(cache);
    return logits;
  }

  async logits(ids: Int32Array, positions: Int32Array): Promise<Float32Array> {
    const logits = tf.tidy(() => this.#decoder.logits(this.#cache.next(ids, positions)));
    const values = await logits.data();
    logits.dispose();
    return values as Float32Array;
  }

  keep(rows: readonly number[]): void {
    this.#cache.keep([...rows]);
  }

  dispose(): void {
    this.#cache.dispose();
    this.#corrected?.dispose();
  }
}

/** The prompts through `hidden` ([B, T] → [B, T, D]), padded on the right. → logits [B, V] of each's last token */
function read(
  decoder: Decoder,
  prompts: readonly (readonly number[])[],
  hidden: (ids: tf.Tensor2D, mask: tf.Tensor2D) => tf.Tensor3D,
): tf.Tensor2D {
  const time = Math.max(...prompts.map((prompt) => prompt.length));
  const ids = new Int32Array(prompts.length * time);
  const mask = new Int32Array(prompts.length * time);
  prompts.forEach((prompt, b) => {
    ids.set(prompt, b * time);
    mask.fill(1, b * time, b * time + prompt.length);
  });
  return tf.tidy(() => {
    const shape: [number, number] = [prompts.length, time];
    const all = hidden(tf.tensor2d(ids, shape, 'int32'), tf.tensor2d(mask, shape, 'int32'));
    const last = prompts.map((prompt, b) => b * time + prompt.length - 1);
    return decoder.logits(tf.gather(tf.reshape(all, [prompts.length * time, all.shape[2]]), tf.tensor1d(last, 'int32')) as tf.Tensor2D);
  });
}
