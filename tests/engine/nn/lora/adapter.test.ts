import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
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
