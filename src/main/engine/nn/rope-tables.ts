import * as tf from '@tensorflow/tfjs-core';
import type { RopeConfig } from './config.ts';
import type { RopeTables } from './ops/rope.ts';

/** cos and sin of a decoder's rotary angles, made on the host in float64 as far as the longest sequence seen, and kept. */
export class RopeCache {
  readonly #frequencies: Float64Array;
  readonly #limit: number;
  #tables: RopeTables | null = null;

  constructor(config: RopeConfig, headWidth: number, positions: number) {
    this.#frequencies = frequencies(config, headWidth);
    this.#limit = positions;
  }

  /** Tables that reach at least `length` positions. */
  upTo(length: number): RopeTables {
    if (this.#tables && this.#tables.cos.shape[0] >= length) return this.#tables;
    this.dispose();
    const rows = Math.min(this.#limit, 2 ** Math.ceil(Math.log2(Math.max(64, length))));
    const half = this.#frequencies.length;
    const fill = (of: (angle: number) => number) => {
      const table = new Float32Array(rows * half);
      for (let i = 0; i < table.length; i++) table[i] = of(Math.floor(i / half) * this.#frequencies[i % half]!);
      return tf.keep(tf.tensor2d(table, [rows, half]));
    };
    this.#tables = { cos: fill(Math.cos), sin: fill(Math.sin) };
    return this.#tables;
  }

  dispose(): void {
    this.#tables?.cos.dispose();
    this.#tables?.sin.dispose();
    this.#tables = null;
  }
}

/**
 * Angle per position of each pair of a head: θ^(−2i/E). Llama 3 divides those of wavelengths beyond its original context by `factor`, leaves the short ones
 * alone, and blends between (Llama 3.1's `rope_type: llama3`).
 */
export function frequencies({ theta, stretch }: RopeConfig, headWidth: number): Float64Array {
  const plain = Float64Array.from({ length: headWidth / 2 }, (_, i) => theta ** ((-2 * i) / headWidth));
  if (!stretch) return plain;
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = stretch;
  return plain.map((frequency) => {
    const turns = (originalPositions * frequency) / (2 * Math.PI); // within the original context
    const blend = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return (1 - blend) * (frequency / factor) + blend * frequency;
  });
}
