import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { Random } from '#engine/nn/random.ts';
import { type GenerateOptions, type GenerateRequest, generate } from '#engine/sampling/generate.ts';
import { draw, warp } from '#engine/sampling/warp.ts';

const vocabulary = 61;
const configs = {
  gpt2: { model_type: 'gpt2', vocab_size: vocabulary, n_embd: 20, n_layer: 2, n_head: 4, n_positions: 40 },
  llama: {
    model_type: 'llama',
    vocab_size: vocabulary,
    hidden_size: 24,
    intermediate_size: 40,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    max_position_embeddings: 40,
    rms_norm_eps: 1e-5,
  },
};
const options: GenerateOptions = { maxNewTokens: 12, stopIds: [5, 17, 23], temperature: 1, topK: 0, topP: 1 };

function requests(count: number): GenerateRequest[] {
  const random = Random.from(4);
  return Array.from({ length: count }, (_, i) => ({
    ids: Array.from({ length: 1 + random.integer(9) }, () => random.integer(vocabulary)),
    generator: Random.from(1, `prompt ${i}`, 0),
  }));
}

/** No cache, no batch: the whole text through the model for every token. */
function naive(decoder: Decoder, { ids, generator }: GenerateRequest): { ids: number[]; terminated: boolean } {
  const answer: number[] = [];
  while (answer.length < options.maxNewTokens) {
    const all = [...ids, ...answer];
    const logits = tf.tidy(() => {
      const hidden = decoder.hidden(tf.tensor2d([all], undefined, 'int32'), tf.ones([1, all.length], 'int32') as tf.Tensor2D);
      const last = tf.slice(hidden, [0, all.length - 1, 0], [1, 1, decoder.config.width]);
      return decoder.logits(tf.reshape(last, [1, decoder.config.width]) as tf.Tensor2D).dataSync();
    });
    answer.push(draw(warp(logits, options), generator));
    if (options.stopIds.includes(answer.at(-1)!)) return { ids: answer, terminated: true };
  }
  return { ids: answer, terminated: false };
}

/** wasm decodes in a way of its own; cpu op by op, as every backend does that has none. */
describe.each([
  ['gpt2', 'wasm'],
  ['llama', 'wasm'],
  ['gpt2', 'cpu'],
  ['llama', 'cpu'],
] as const)('%s on %s', (name, backendName) => {
  let backend: Backend;
  let decoder: Decoder;
  beforeAll(async () => {
    backend = await openBackend({ name: backendName });
    decoder = Decoder.random(decoderConfigFrom(configs[name]), 3);
    naive(decoder, requests(1)[0]!); // rotary tables are made at first use and kept
  });
  afterAll(async () => {
    decoder.dispose();
    await backend.close();
  });

  test('cached answers are those of the whole text read again for every token; no tensor stays', async () => {
    const before = tf.memory().numTensors;
    const answers = await generate(decoder, requests(9), options);
    expect(answers).toEqual(requests(9).map((request) => naive(decoder, request)));
    expect(new Set(answers.map(({ terminated }) => terminated)).size).toBe(2); // some stop, some do not
    expect(tf.memory().numTensors).toBe(before);
  });

  test('an answer does not depend on who shares its batch', async () => {
    const together = await generate(decoder, requests(70), options);
    for (const batchSize of [1, 3, 16]) expect(await generate(decoder, requests(70), { ...options, batchSize })).toEqual(together);
  });

  test('rows that are done make room for the next prompts', async () => {
    let steps = 0;
    const counted = { ...options, batchSize: 4, onStep: async () => void steps++ };
    const answers = await generate(decoder, requests(30), counted);
    expect(answers).toEqual(await generate(decoder, requests(30), options));
    const tokens = answers.reduce((sum, { ids }) => sum + ids.length, 0);
    // Reading the prompts of rows that are free takes a step of its own, at most one a prompt; a batch that waited for its longest response would take more.
    expect(steps).toBeLessThan(tokens / 4 + 30 + options.maxNewTokens);
  });

  test('8-bit weights, top-k and top-p do not let a row know its neighbors either', async () => {
    const warped = { ...options, topK: 20, topP: 0.9, decodeWeights: 'int8' as const };
    const together = await generate(decoder, requests(20), warped);
    for (const batchSize of [1, 7]) expect(await generate(decoder, requests(20), { ...warped, batchSize })).toEqual(together);
  });

  test('the logits of a row are the same bits in every batch', () => {
    const bits = (rows: number) =>
      tf.tidy(() => {
        const x = Float32Array.from({ length: rows * decoder.config.width }, (_, i) => Math.sin((i % decoder.config.width) + 1));
        return decoder
          .logits(tf.tensor2d(x, [rows, decoder.config.width]))
          .dataSync()
          .slice(0, vocabulary);
      });
    for (const rows of [2, 3, 4, 7, 8, 33, 64]) expect(bits(rows)).toEqual(bits(1));
  });

  test('a stop is heard between tokens', async () => {
    const before = tf.memory().numTensors;
    let steps = 0;
    const stop = async () => {
      if (++steps === 3) throw new Error('stop');
    };
    await expect(generate(decoder, requests(4), { ...options, stopIds: [], onStep: stop })).rejects.toThrow('stop');
    expect(tf.memory().numTensors).toBe(before);
  });

  test('the context ends an answer', async () => {
    const ids = Array.from({ length: 35 }, (_, i) => i);
    const [answer] = await generate(decoder, [{ ids, generator: Random.from(1) }], { ...options, stopIds: [] });
    expect(answer).toMatchObject({ terminated: false });
    expect(answer!.ids.length).toBe(5);
  });

  test.each([
    ['no tokens', [], /has no tokens/],
    ['too many', Array.from({ length: 40 }, () => 1), /leaves no room for an answer/],
    ['a stranger', [vocabulary], /not in the model's vocabulary/],
  ])('a prompt of %s is refused', async (_, ids, sentence) => {
    await expect(generate(decoder, [{ ids, generator: Random.from(1) }], options)).rejects.toThrow(sentence);
  });
});

test('where a second copy of the weights finds no room, answers are the same and take longer', async () => {
  const backend = await openBackend({ name: 'wasm' });
  const decoder = Decoder.random(decoderConfigFrom({ ...configs.llama, vocab_size: 60_000 }), 3);
  const ask = () => generate(decoder, requests(2), { ...options, maxNewTokens: 4 });
  const expected = await ask();
  const heap = (tf.backend() as unknown as { wasm: { _malloc(bytes: number): number; _free(address: number): void } }).wasm;
  const spare = heap._malloc(4 * 2 ** 20);
  const blocks: number[] = [];
  for (let bytes = 2 ** 30; bytes >= 2 ** 18; ) {
    try {
      blocks.push(heap._malloc(bytes));
    } catch {
      bytes /= 2;
    }
  }
  heap._free(spare); // less than the head takes
  expect(() => decoder.openDecoding({ slots: 1, capacity: 20, weights: 'f32' })).toThrow(/no room/);
  expect(await ask()).toEqual(expected);
  for (const block of blocks) heap._free(block);
  decoder.dispose();
  await backend.close();
});
