import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';
import { currentBackend } from '#engine/backends/current.ts';
import { type Backend, type BackendName, openBackend } from '#engine/backends/open.ts';
import { installedTensorflow } from '#engine/backends/tensorflow/folder.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { responseLogProbs } from '#engine/nn/log-prob.ts';
import { usualLora } from '#engine/nn/lora/config.ts';
import { Random } from '#engine/nn/random.ts';
import { type GenerateOptions, generate } from '#engine/sampling/generate.ts';

const vocabulary = 61;
const config = decoderConfigFrom({
  ...{ model_type: 'llama', vocab_size: vocabulary, hidden_size: 24, intermediate_size: 40, num_hidden_layers: 2 },
  ...{ num_attention_heads: 4, num_key_value_heads: 2, max_position_embeddings: 40, rms_norm_eps: 1e-5 },
});
const options: GenerateOptions = { maxNewTokens: 9, stopIds: [5], temperature: 1, topK: 0, topP: 1 };
const requests = () =>
  Array.from({ length: 6 }, (_, i) => ({
    ids: Array.from({ length: 2 + (i % 3) }, (_, t) => (7 * i + 3 * t + 1) % vocabulary),
    generator: Random.from(1, `prompt ${i}`, 0),
  }));

/** Two updates of next-token cross-entropy, so large that answers change. */
function train(decoder: Decoder): void {
  const optimizer = new AdamW(decoder.trainable, { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 });
  const ids = Array.from({ length: 3 * 8 }, (_, i) => (11 * i + 2) % vocabulary);
  for (let step = 0; step < 2; step++) {
    const { gradients } = valueAndGradients(() => {
      const tokens = tf.tensor2d(ids, [3, 8], 'int32');
      const hidden = decoder.hidden(tokens, tf.ones([3, 8], 'int32'));
      return tf.neg(tf.mean(responseLogProbs(decoder, hidden, tokens, 2, 1).logProbs)) as tf.Scalar;
    }, decoder.trainable);
    optimizer.step(gradients, 0.05, 1);
    gradients.dispose();
  }
  optimizer.dispose();
}

const adapter = { ...usualLora, rank: 2 };
const kinds: Record<string, () => Decoder> = {
  'a whole model': () => Decoder.random(config, 3),
  'an adapted model': () => Decoder.random(config, 3).adapted(adapter, { seed: 4 }),
};

let open: Backend | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

/** Real TensorFlow where it has been set up; a test never fetches 230 MB by itself. */
const trainers: BackendName[] = installedTensorflow() === null ? ['cpu'] : ['cpu', 'tensorflow'];
if (installedTensorflow() === null) {
  console.warn('training on TensorFlow and writing on wasm is not tested: npm run setup:libtensorflow brings TensorFlow (230 MB).');
}

describe.each(trainers)('trained on %s, writing on wasm', (name) => {
  test.each(Object.keys(kinds))('%s writes what it would write if it lived there, before an update and after', async (kind) => {
    open = await openBackend({ name, writer: 'wasm', threads: 2 });
    const decoder = kinds[kind]!();
    const before = await generate(decoder, requests(), options);
    train(decoder);
    const after = await generate(decoder, requests(), options);
    const weights = decoder.parameters.toArrays();
    const adapted = decoder.adapter?.parameters.toArrays();
    await open.close();

    open = await openBackend({ name: 'wasm', threads: 2 });
    const base = Decoder.from(config, weights);
    const alone = adapted ? base.adapted(adapter, { weights: adapted }) : base;
    expect(await generate(alone, requests(), options)).toEqual(after);
    expect(await generate(kinds[kind]!(), requests(), options)).toEqual(before);
    expect(after).not.toEqual(before);
  });

  test('it trains where it was opened, keeps nothing of an answer, and its copy goes with it', async () => {
    open = await openBackend({ name, writer: 'wasm', threads: 1 });
    const empty = tf.memory().numTensors;
    const decoder = Decoder.random(config, 3);
    await generate(decoder, requests(), options);
    expect(tf.getBackend()).toBe(name);
    expect(currentBackend()).toBe(open);
    train(decoder);
    const { numTensors, numBytes } = tf.memory();
    for (let rollout = 0; rollout < 3; rollout++) await generate(decoder, requests(), options);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    decoder.dispose();
    expect(tf.memory().numTensors).toBe(empty);
  });

  test('a stop in the middle of an answer comes back to where it trains', async () => {
    open = await openBackend({ name, writer: 'wasm', threads: 1 });
    const decoder = Decoder.random(config, 3);
    const stop = () => Promise.reject(new Error('stop'));
    await expect(generate(decoder, requests(), { ...options, onStep: stop })).rejects.toThrow('stop');
    expect(tf.getBackend()).toBe(name);
    expect(currentBackend()).toBe(open);
    decoder.dispose();
  });
});

test('two names are two backends, and a stranger is refused', async () => {
  const before = process.env.PLUMBLINE_BACKEND;
  try {
    process.env.PLUMBLINE_BACKEND = 'cpu+wasm';
    open = await openBackend({ threads: 1 });
    expect([open.name, open.writer?.name]).toEqual(['cpu', 'wasm']);
    process.env.PLUMBLINE_BACKEND = 'cpu+abacus';
    await expect(openBackend()).rejects.toMatchObject({ code: 'bad_input', message: expect.stringContaining('"abacus"') });
    process.env.PLUMBLINE_BACKEND = 'cpu+cpu';
    await open.close();
    open = await openBackend();
    expect(open.writer).toBeUndefined();
  } finally {
    if (before === undefined) delete process.env.PLUMBLINE_BACKEND;
    else process.env.PLUMBLINE_BACKEND = before;
  }
});
