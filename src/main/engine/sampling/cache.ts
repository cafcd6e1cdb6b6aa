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
    const index = tf.tensor1d(rows, 'int32');
    this.#replace((cache) => tf.gather(cache, index));
    index.dispose();
    this.#from = new Int32Array(rows.length);
  }

  /** Puts the rows of another cache of the same decoder and capacity behind its own, and takes that cache's place. */
  append(other: KeyValueCache): void {
    if (this.#layers.length === 0) {
      [this.#layers, other.#layers] = [other.#layers, []];
    } else {
      this.#replace((cache, layer, part) => tf.concat([cache, other.#layers[layer]![part] as tf.Tensor3D], 0));
      other.dispose();
    }
    this.#from = new Int32Array(this.#from.length + other.#from.length);
  }

  dispose(): void {
    for (const { keys, values } of this.#layers) {
      keys.dispose();
      values.dispose();
    }
    this.#layers = [];
  }

  #replace(by: (cache: tf.Tensor3D, layer: number, part: 'keys' | 'values') => tf.Tensor3D): void {
    this.#layers = this.#layers.map((old, layer) =>
      tf.tidy(() => {
        const keys = tf.variable(by(old.keys as tf.Tensor3D, layer, 'keys')) as tf.Variable<tf.Rank.R3>;
        const values = tf.variable(by(old.values as tf.Tensor3D, layer, 'values')) as tf.Variable<tf.Rank.R3>;
        old.keys.dispose();
        old.values.dispose();
        return { keys, values };
      }),
    );
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
