import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { DecodeWeights } from '#shared/sampling.ts';
import type { DecoderConfig } from '../nn/config.ts';

/** A decoder as decoding sees it. */
export interface DecodingModel {
  config: DecoderConfig;
  /** By Hugging Face name; `has` is false for a bias that the model is without. */
  parameters: { get(name: string): Tensor; has(name: string): boolean };
  /** [V, D]. */
  head: Tensor2D;
  /** cos and sin [T′, E/2] that reach every position, or null where positions are learned. They live as long as the decoding. */
  rope: { cos: Tensor2D; sin: Tensor2D } | null;
  /** The low-rank correction of a linear layer, by the layer's path: A [r, K], B [N, r]; undefined where it has none. */
  correctionOf(module: string): { a: Tensor2D; b: Tensor2D; scale: number } | undefined;
}

export interface DecodingOptions {
  /** Rows that can be under way at once, and positions of each. */
  slots: number;
  capacity: number;
  weights: DecodeWeights;
}

/** The rows of one step: row i's cache is slot `slots[i]`, and its token `ids[i]` stands at `positions[i]`. */
export interface DecodingRows {
  slots: Int32Array;
  ids: Int32Array;
  positions: Int32Array;
}

/**
 * Decoding with all that many steps have in common done once: weights put in order (an adapter's corrections added to them), caches in place. What is computed for a row
 * does not depend on the other rows. The model's weights must not change while it is open.
 */
export interface Decoding {
  /** Puts a layer's keys and values [B·T, G·E] of whole prompts into the caches: those of prompt b into slot `slots[b]`, from position 0 on. */
  store(layer: number, keys: Tensor2D, values: Tensor2D, slots: Int32Array): void;
  /** One token a row. → logits [R, V], a view that holds until the next call. */
  logits(rows: DecodingRows): Float32Array;
  /** One token a row, and the next drawn from softmax(logits / temperature) by one number in [0, 1) a row. → ids, −1 where the logits are not numbers; valid until the next call. */
  draw(rows: DecodingRows, uniforms: Float64Array, temperature: number): Int32Array;
  dispose(): void;
}
