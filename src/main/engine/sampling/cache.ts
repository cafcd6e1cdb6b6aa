import * as tf from '@tensorflow/tfjs-core';
import type { LayerCache } from '../backends/kernels.ts';
import type { Decoder } from '../nn/decoder.ts';
import { unpack } from '../nn/ops/attention.ts';

/**
 * Keys and values of every layer, [B, C, G·E] each, C fixed. Row b's token t lies at t: prompts are padded on the right, and what padding left behind is
 * overwritten as the row grows, so a row's numbers do not depend on who shares its batch.
 */
export class KeyValueCache {
  readonly #decoder: Decoder;
  readonly #capacity: number;
  #layers: { keys: tf.Variable<tf.Rank.R3>; values: tf.Variable<tf.Rank.R3> }[] = [];
  #from = new Int32Array(0);

  constructor(decoder: Decoder, capacity: number) {
    this.#decoder = decoder;
    this.#capacity = capacity;
  }

  /** Reads the prompts, ids and mask [B, T] int32, right-padded. → hidden [B, T, D] */
  prefill(ids: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor3D {
    const [batch, time] = ids.shape;
    this.#from = new Int32Array(batch);
    return this.#decoder.hidden(ids, mask, (_, projections) => {
      const [, k, v] = unpack(projections, this.#decoder.config);
      this.#layers.push({ keys: this.#room(k, batch, time), values: this.#room(v, batch, time) });
    });
  }

  /** One token a row, id and position each. → hidden [B, D] */
  next(ids: Int32Array, positions: Int32Array): tf.Tensor2D {
    return this.#decoder.next(ids, positions, this.#layers as LayerCache[], this.#from);
  }

  /** Keeps these rows only, in this order. */
  keep(rows: number[]): void {
    tf.tidy(() => {
      const index = tf.tensor1d(rows, 'int32');
      this.#layers = this.#layers.map(({ keys, values }) => {
        const kept = {
          keys: tf.variable(tf.gather(keys as tf.Tensor3D, index)),
          values: tf.variable(tf.gather(values as tf.Tensor3D, index)),
        };
        keys.dispose();
        values.dispose();
        return kept;
      });
    });
    this.#from = new Int32Array(rows.length);
  }

  dispose(): void {
    for (const { keys, values } of this.#layers) {
      keys.dispose();
      values.dispose();
    }
    this.#layers = [];
  }

  /** [B·T, W] → [B, C, W], zeros behind. */
  #room(x: tf.Tensor2D, batch: number, time: number): tf.Variable<tf.Rank.R3> {
    const rows = tf.reshape(x, [batch, time, x.shape[1]]) as tf.Tensor3D;
    const padding: [number, number][] = [
      [0, 0],
      [0, this.#capacity - time],
      [0, 0],
    ];
    return tf.variable(tf.pad(rows, padding)) as tf.Variable<tf.Rank.R3>;
  }
}
