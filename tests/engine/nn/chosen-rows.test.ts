import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { embed } from '#engine/nn/ops/embed.ts';
import { Random } from '#engine/nn/random.ts';
import { worstError } from '../../golden/load.ts';

const configs = [
  { model_type: 'gpt2', vocab_size: 83, n_embd: 24, n_layer: 2, n_head: 2, n_positions: 64 },
  {
    model_type: 'qwen3',
    ...{ vocab_size: 83, hidden_size: 24, intermediate_size: 40, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2 },
    ...{ head_dim: 8, max_position_embeddings: 64, rms_norm_eps: 1e-6, tie_word_embeddings: true },
  },
];
const [rows, time] = [3, 19];

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(() => backend.close());

describe.each(configs)('$model_type', (config) => {
  /** Chosen rows, and the gradients of Σ weight·h over them, by `hiddenAt` or out of all hidden states. */
  function run(spared: boolean, recompute: boolean) {
    const before = tf.memory().numTensors;
    const decoder = Decoder.random(decoderConfigFrom(config), 2);
    decoder.recompute = recompute;
    const random = Random.from(3);
    const ids = tf.tensor2d(
      Array.from({ length: rows }, () => Array.from({ length: time }, () => random.integer(83))),
      [rows, time],
      'int32',
    );
    const mask = tf.tensor2d(
      Array.from({ length: rows }, (_, row) => Array.from({ length: time }, (_, t) => Number(t < time - 2 * row))),
      [rows, time],
      'int32',
    );
    const places = tf.tensor1d([4, 5, 6, 18, 19, 30, 38, 52], 'int32');
    const weights = tf.tensor2d(
      Array.from({ length: 8 * 24 }, () => random.uniform() - 0.5),
      [8, 24],
    );
    let chosen: Float32Array | undefined;
    const { gradients } = valueAndGradients(() => {
      const hidden = spared
        ? decoder.hiddenAt(ids, mask, places)
        : embed(tf.reshape(decoder.hidden(ids, mask), [rows * time, 24]) as tf.Tensor2D, places);
      chosen = hidden.dataSync().slice() as Float32Array;
      return tf.sum(tf.mul(hidden, weights));
    }, decoder.parameters);
    const slopes = decoder.parameters.manifest.map(({ name }) => gradients.get(name).dataSync().slice() as Float32Array);
    gradients.dispose();
    tf.dispose([ids, mask, places, weights]);
    decoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
    return { chosen: chosen!, slopes };
  }

  test('chosen rows are those of all rows, and so are the gradients', () => {
    const all = run(false, false);
    const spared = run(true, false);
    expect(spared.chosen).toEqual(all.chosen);
    for (const [i, slope] of spared.slopes.entries()) expect(worstError(slope, all.slopes[i]!)).toBeLessThan(2e-6);
  });

  test('and the same bits when activations are computed again', () => {
    expect(run(true, true)).toEqual(run(true, false));
  });
});
