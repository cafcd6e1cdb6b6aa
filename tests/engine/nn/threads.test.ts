import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { responseLogProbs } from '#engine/nn/log-prob.ts';
import { Random } from '#engine/nn/random.ts';

const configs = [
  { model_type: 'gpt2', vocab_size: 211, n_embd: 36, n_layer: 2, n_head: 3, n_positions: 32 },
  {
    model_type: 'qwen3',
    vocab_size: 211,
    hidden_size: 40,
    intermediate_size: 72,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 12,
    max_position_embeddings: 32,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: true,
  },
];

/** Parameters after a few steps, and how many tensors lived during each. */
async function train(threads: number, config: unknown): Promise<{ parameters: Map<string, Float32Array>; counts: number[] }> {
  const backend = await openBackend({ name: 'wasm', threads });
  const decoder = Decoder.random(decoderConfigFrom(config), 1);
  const adamw = new AdamW(decoder.parameters, { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 });
  const random = Random.from(5);
  const counts: number[] = [];
  for (let step = 0; step < 4; step++) {
    const batch = Array.from({ length: 6 }, () => Array.from({ length: 21 }, () => random.integer(211)));
    const { gradients } = valueAndGradients(() => {
      const ids = tf.tensor2d(batch, undefined, 'int32');
      const hidden = decoder.hidden(ids, tf.onesLike(ids));
      return tf.neg(tf.mean(responseLogProbs(decoder, hidden, ids, 4, 1).logProbs));
    }, decoder.parameters);
    adamw.step(gradients, 1e-2, 1);
    gradients.dispose();
    counts.push(tf.memory().numTensors);
  }
  const parameters = decoder.parameters.toArrays();
  adamw.dispose();
  decoder.dispose();
  await backend.close();
  return { parameters, counts };
}

test.each(configs)('$model_type: the number of threads does not show in the weights, and no step leaves a tensor', async (config) => {
  const one = await train(1, config);
  const two = await train(2, config);
  expect(two.parameters).toEqual(one.parameters);
  expect(new Set([...one.counts, ...two.counts]).size).toBe(1);
});
