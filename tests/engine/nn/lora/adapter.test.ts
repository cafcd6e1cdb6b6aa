import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { loraConfigFrom, usualLora } from '#engine/nn/lora/config.ts';
import { Random } from '#engine/nn/random.ts';
import { generate } from '#engine/sampling/generate.ts';

let backend: Backend;
let base: Decoder;
beforeAll(async () => {
  backend = await openBackend();
  base = Decoder.random(decoderConfigFrom({ model_type: 'gpt2', vocab_size: 97, n_embd: 24, n_layer: 2, n_head: 2, n_positions: 32 }), 1);
});
afterAll(async () => {
  base.dispose();
  await backend.close();
});

const answer = async (decoder: Decoder) =>
  (
    await generate(decoder, [{ ids: [3, 5, 8], generator: Random.from(1) }], {
      maxNewTokens: 12,
      stopIds: [],
      temperature: 1,
      topK: 0,
      topP: 1,
    })
  )[0]!.ids;

test('a fresh adapter changes nothing; a moved one answers as its merged model does, through the cache too', async () => {
  const decoder = base.adapted(usualLora, { seed: 4 });
  expect(decoder.adapter!.modules.length).toBe(8);
  expect(await answer(decoder)).toEqual(await answer(base));
  const random = Random.from(9);
  decoder.trainable.load(new Map([...decoder.trainable.toArrays()].map(([name, array]) => [name, array.map(() => 0.3 * random.normal())])));
  const merged = decoder.merged();
  expect(await answer(decoder)).toEqual(await answer(merged));
  expect(await answer(decoder)).not.toEqual(await answer(base));
  merged.dispose();
  decoder.dispose();
});

test('an adapter of full rank is any change of the weights: the same numbers, and the same gradient', () => {
  const random = Random.from(3);
  const modules = base.linearModules();
  const rank = Math.max(...modules.map(({ inputs }) => inputs));
  const config = { ...usualLora, rank, alpha: 2 * rank }; // scale 2
  const decoder = base.adapted(config, { seed: 1 });
  const whole = base.copy();
  const pairs = decoder.trainable.toArrays();
  const weights = whole.parameters.toArrays();
  for (const { path, inputs, outputs } of modules) {
    const a = pairs.get(`base_model.model.${path}.lora_A.weight`)!.fill(0); // [r, K]: the first K rows are the identity
    const b = pairs.get(`base_model.model.${path}.lora_B.weight`)!.fill(0); // [N, r]: half of the change, since scale is 2
    const w = weights.get(`${path}.weight`)!; // [K, N], as GPT-2 has it
    for (let k = 0; k < inputs; k++) a[k * inputs + k] = 1;
    for (let n = 0; n < outputs; n++) {
      for (let k = 0; k < inputs; k++) {
        const change = 0.1 * random.normal();
        b[n * rank + k] = change / 2;
        w[k * outputs + n]! += change;
      }
    }
  }
  decoder.trainable.load(pairs);
  whole.parameters.load(weights);
  const lossOf = (model: Decoder) => () => {
    const ids = tf.tensor2d([5, 4, 3, 2, 1, 0], [2, 3], 'int32');
    return tf.mean(tf.square(model.logits(tf.reshape(model.hidden(ids, tf.onesLike(ids)), [6, -1])))) as tf.Scalar;
  };
  const own = valueAndGradients(lossOf(decoder), decoder.trainable);
  const others = valueAndGradients(lossOf(whole), whole.parameters);
  expect(own.value / others.value).toBeCloseTo(1, 4);
  for (const { path, inputs, outputs } of modules) {
    const ofB = own.gradients.get(`base_model.model.${path}.lora_B.weight`).dataSync() as Float32Array;
    const ofW = others.gradients.get(`${path}.weight`).dataSync() as Float32Array;
    const largest = ofW.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    let worst = 0;
    for (let n = 0; n < outputs; n++) {
      for (let k = 0; k < inputs; k++) worst = Math.max(worst, Math.abs(ofB[n * rank + k]! - 2 * ofW[k * outputs + n]!));
    }
    expect(worst / largest).toBeLessThan(1e-4);
  }
  own.gradients.dispose();
  others.gradients.dispose();
  decoder.dispose();
  whole.dispose();
});

test('targets are suffixes or whole paths; a stray one is refused by name', () => {
  const before = tf.memory().numTensors;
  const targeted = (targets: string[]) => {
    const decoder = base.adapted({ ...usualLora, targets }, { seed: 1 });
    const { modules } = decoder.adapter!;
    decoder.dispose();
    return modules;
  };
  expect(targeted(['c_fc'])).toEqual(['transformer.h.0.mlp.c_fc', 'transformer.h.1.mlp.c_fc']);
  expect(targeted(['transformer.h.1.attn.c_proj'])).toEqual(['transformer.h.1.attn.c_proj']);
  expect(targeted(['attn.c_proj']).length).toBe(2);
  expect(() => targeted(['q_proj'])).toThrow(/"q_proj".*c_attn, c_proj, c_fc/);
  expect(() => targeted(['_attn'])).toThrow(/"_attn"/); // a suffix begins at a dot
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  [{ peft_type: 'IA3' }, 'peft_type'],
  [{ use_dora: true }, 'use_dora'],
  [{ modules_to_save: ['lm_head'] }, 'modules_to_save'],
  [{ rank_pattern: { q_proj: 2 } }, 'rank_pattern'],
  [{ bias: 'all' }, 'bias'],
])('%j is refused, because it would change the numbers', (change, key) => {
  const json = { peft_type: 'LORA', r: 8, lora_alpha: 16, target_modules: ['c_fc'], rank_pattern: {}, modules_to_save: null };
  expect(loraConfigFrom(json)).toEqual({ rank: 8, alpha: 16, targets: ['c_fc'], stabilized: false });
  expect(() => loraConfigFrom({ ...json, ...change })).toThrow(new RegExp(`"${key}`));
});
