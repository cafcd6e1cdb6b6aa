import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { type Gradients, valueAndGradients } from '#engine/nn/gradients.ts';
import { responseLogProbs } from '#engine/nn/log-prob.ts';
import { Random } from '#engine/nn/random.ts';
import { summedGradients } from '#engine/training/micro-batches.ts';
import { worstError } from '../../golden/load.ts';

const configs = [
  { model_type: 'gpt2', vocab_size: 83, n_embd: 24, n_layer: 3, n_head: 2, n_positions: 64 },
  {
    model_type: 'qwen3',
    ...{ vocab_size: 83, hidden_size: 24, intermediate_size: 40, num_hidden_layers: 3, num_attention_heads: 4, num_key_value_heads: 2 },
    ...{ head_dim: 8, max_position_embeddings: 64, rms_norm_eps: 1e-6, tie_word_embeddings: true },
  },
];
const rows = 8;
const time = 33;

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(() => backend.close());

/** Mean cross-entropy of these of eight rows, each row's share ⅛. */
function lossOf(decoder: Decoder, chosen: readonly number[]): () => tf.Scalar {
  const random = Random.from(3);
  const batch = Array.from({ length: rows }, () => Array.from({ length: time }, () => random.integer(83)));
  return () => {
    const ids = tf.tensor2d(
      chosen.map((row) => batch[row]!),
      [chosen.length, time],
      'int32',
    );
    const mask = tf.tensor2d(
      chosen.map((row) => batch[row]!.map((_, t) => Number(t >= row))),
      [chosen.length, time],
      'int32',
    );
    const { logProbs } = responseLogProbs(decoder, decoder.hidden(ids, mask), ids, 9, 1);
    return tf.neg(tf.div(tf.sum(logProbs), rows * (time - 9)));
  };
}

const all = Array.from({ length: rows }, (_, row) => row);
const arraysOf = (gradients: Gradients, decoder: Decoder) =>
  new Map(decoder.parameters.manifest.map(({ name }) => [name, (gradients.get(name).dataSync() as Float32Array).slice()]));

describe.each(configs)('$model_type', (config) => {
  let decoder: Decoder;
  beforeAll(() => {
    decoder = Decoder.random(decoderConfigFrom(config), 2);
  });
  afterAll(() => decoder.dispose());

  test('recomputing gives the same bits, keeps less, and leaves no tensor', () => {
    const run = (recompute: boolean) => {
      decoder.recompute = recompute;
      let held = 0;
      const loss = lossOf(decoder, all);
      const { value, gradients } = valueAndGradients(() => {
        const result = loss();
        held = tf.memory().numBytes;
        return result;
      }, decoder.parameters);
      const arrays = arraysOf(gradients, decoder);
      gradients.dispose();
      return { value, arrays, held };
    };
    const plain = run(false);
    const before = tf.memory().numTensors; // now with the tables of rotary positions, which stay
    const again = run(true);
    expect(again.value).toBe(plain.value);
    expect(again.arrays).toEqual(plain.arrays);
    expect(again.held).toBeLessThan(plain.held / 2);
    decoder.recompute = false;
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a batch of eight has the gradient of eight accumulated batches of one', async () => {
    const whole = valueAndGradients(lossOf(decoder, all), decoder.parameters);
    const parts = await summedGradients(
      all.map((row) => lossOf(decoder, [row])),
      decoder.parameters,
      async () => {},
    );
    expect(Math.abs(whole.value - parts.value)).toBeLessThan(1e-6);
    const expected = arraysOf(whole.gradients, decoder);
    for (const [name, array] of arraysOf(parts.gradients, decoder)) expect(worstError(array, expected.get(name)!)).toBeLessThan(1e-6);
    whole.gradients.dispose();
    parts.gradients.dispose();
  });
});
