import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Backend } from '#engine/backends/backend.ts';
import type { Decoding } from '#engine/backends/decoding.ts';
import { openWasm } from '#engine/backends/wasm/open.ts';
import { type DecoderConfig, decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { unpack } from '#engine/nn/ops/attention.ts';
import { installKernels } from '#engine/nn/ops/kernels.ts';
import { Random } from '#engine/nn/random.ts';
import { generate } from '#engine/sampling/generate.ts';
import { draw, temperatureFloor, warp } from '#engine/sampling/warp.ts';
import type { DecodeWeights } from '#shared/sampling.ts';
import { array } from './numbers.ts';
import { expectClose } from './support.ts';

/** No width is a multiple of a panel, some not of a vector; vocabularies of an odd size. */
const configs: Record<string, object> = {
  gpt2: { model_type: 'gpt2', vocab_size: 67, n_embd: 30, n_layer: 2, n_head: 3, n_positions: 40 },
  llama: llama({ model_type: 'llama', num_key_value_heads: 2, tie_word_embeddings: true }),
  qwen2: llama({ model_type: 'qwen2', num_key_value_heads: 1 }),
  qwen3: llama({ model_type: 'qwen3', num_key_value_heads: 2, head_dim: 10 }),
};

function llama(more: object): object {
  return {
    ...{ vocab_size: 71, hidden_size: 24, intermediate_size: 45, num_hidden_layers: 2, num_attention_heads: 4 },
    ...{ max_position_embeddings: 40, rms_norm_eps: 1e-5, ...more },
  };
}

const prompts = [[3, 14, 15, 9, 26], [5], [35, 8, 9], [7, 9, 3, 2, 38, 46, 2]];
const following = [
  [6, 2, 64],
  [33, 8, 3],
  [27, 9, 50],
  [2, 8, 8],
];
const capacity = 12;

/** Weights of the size that training leaves: fresh ones, with 0.02, would hide what a norm or a rotation does wrong. */
function decoderOf(config: DecoderConfig, seed = 3): Decoder {
  const decoder = Decoder.random(config, seed);
  const arrays = new Map(
    decoder.parameters.entries().map(([{ name, shape }], i) => [
      name,
      array(
        shape.reduce((a, b) => a * b),
        i + 1,
        0.5,
      ),
    ]),
  );
  decoder.parameters.load(arrays);
  return decoder;
}

/** Reads prompts into slots. */
function read(decoder: Decoder, decoding: Decoding, ids: readonly number[], slot: number): void {
  tf.tidy(() => {
    const shape: [number, number] = [1, ids.length];
    decoder.hidden(tf.tensor2d([...ids], shape, 'int32'), tf.ones(shape, 'int32') as tf.Tensor2D, (layer, projections) => {
      const [, keys, values] = unpack(projections, decoder.config);
      decoding.store(layer, keys, values, Int32Array.of(slot));
    });
  });
}

/** Logits [steps][row] of prompts, decoded together in slots that are not in their order, over caches that `reader` read the prompts into. */
function decoded(decoder: Decoder, rows: readonly number[], weights: DecodeWeights = 'f32', reader: Decoder = decoder): Float32Array[][] {
  const decoding = decoder.openDecoding({ slots: 5, capacity, weights })!;
  const slots = Int32Array.from(rows, (row) => 4 - row);
  for (const [i, row] of rows.entries()) read(reader, decoding, prompts[row]!, slots[i]!);
  const { vocabulary } = decoder.config;
  const steps = [0, 1, 2].map((step) => {
    const ids = Int32Array.from(rows, (row) => following[row]![step]!);
    const positions = Int32Array.from(rows, (row) => prompts[row]!.length + step);
    const logits = decoding.logits({ slots, ids, positions });
    return rows.map((_, i) => logits.slice(i * vocabulary, (i + 1) * vocabulary));
  });
  decoding.dispose();
  return steps;
}

/** The same, from the whole text through the ops. */
function whole(decoder: Decoder, row: number, steps: number): Float32Array {
  return tf.tidy(() => {
    const ids = [...prompts[row]!, ...following[row]!.slice(0, steps)];
    const shape: [number, number] = [1, ids.length];
    const hidden = decoder.hidden(tf.tensor2d(ids, shape, 'int32'), tf.ones(shape, 'int32') as tf.Tensor2D);
    const last = tf.slice(hidden, [0, ids.length - 1, 0], [1, 1, decoder.config.width]);
    return decoder.logits(tf.reshape(last, [1, decoder.config.width]) as tf.Tensor2D).dataSync() as Float32Array;
  });
}

async function withThreads<T>(threads: number, use: () => T): Promise<T> {
  const backend = await openWasm(threads, 1);
  installKernels(backend.kernels);
  try {
    return use();
  } finally {
    installKernels(null);
    await backend.close();
  }
}

describe.each(Object.keys(configs))('%s', (name) => {
  const config = decoderConfigFrom(configs[name]);

  test('a step gives what the whole text gives, on any number of threads with the same bits', async () => {
    const runs: Float32Array[][][] = [];
    for (const threads of [1, 2, 3]) {
      await withThreads(threads, () => {
        const decoder = decoderOf(config);
        const steps = decoded(decoder, [0, 1, 2, 3]);
        if (threads === 1) {
          for (const [step, rows] of steps.entries()) {
            for (const [row, logits] of rows.entries()) expectClose(logits, whole(decoder, row, step + 1), 3e-5);
          }
        }
        runs.push(steps);
        decoder.dispose();
      });
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });

  test.each(['f32', 'int8'] as const)('%s: a row has the same bits alone and among others', async (weights) => {
    await withThreads(2, () => {
      const decoder = decoderOf(config);
      const together = decoded(decoder, [3, 0, 2, 1], weights);
      for (const [place, row] of [3, 0, 2, 1].entries()) {
        const alone = decoded(decoder, [row], weights);
        for (const [step, logits] of alone.entries()) expect(logits[0]).toEqual(together[step]![place]);
      }
      decoder.dispose();
    });
  });

  test('8-bit weights give what a float32 model of the same rounded weights gives', async () => {
    await withThreads(2, () => {
      const decoder = decoderOf(config);
      const rounded = Decoder.from({ ...config, tied: false }, roundedWeights(decoder)); // only the head of a tied pair is rounded
      const eightBits = decoded(decoder, [0, 1, 2, 3], 'int8');
      const reference = decoded(rounded, [0, 1, 2, 3], 'f32', decoder); // prompts are read with the weights as they are, either way
      for (const [step, rows] of eightBits.entries()) {
        for (const [row, logits] of rows.entries()) expectClose(logits, reference[step]![row]!, 3e-3);
      }
      const plain = decoded(decoder, [0, 1, 2, 3]);
      const apart = (a: Float32Array[][], b: Float32Array[][]) => Math.max(...a.flat().map((logits, i) => worst(logits, b.flat()[i]!)));
      expect(apart(eightBits, reference)).toBeLessThan(apart(eightBits, plain) / 5); // what is lost is lost by rounding the weights
      decoder.dispose();
      rounded.dispose();
    });
  });

  test('an adapter’s corrections are in the weights; one that is zero changes no bit', async () => {
    await withThreads(2, () => {
      const decoder = decoderOf(config);
      const adapted = decoder.adapted({ rank: 3, alpha: 5, targets: ['all-linear'], stabilized: false }, { seed: 1 });
      expect(decoded(adapted, [0, 3])).toEqual(decoded(decoder, [0, 3]));
      const arrays = new Map(
        adapted.adapter!.parameters.entries().map(([{ name, shape }], i) => [
          name,
          array(
            shape.reduce((a, b) => a * b),
            50 + i,
            0.3,
          ),
        ]),
      );
      adapted.adapter!.parameters.load(arrays);
      for (const [step, rows] of decoded(adapted, [0, 3]).entries()) {
        expectClose(rows[0]!, whole(adapted, 0, step + 1), 1e-4);
        expectClose(rows[1]!, whole(adapted, 3, step + 1), 1e-4);
      }
      adapted.dispose();
      decoder.dispose();
    });
  });
});

/** A model's weights, each output's rounded to multiples of its largest / 127, as decoding rounds them: the linear layers and the head, which has a name of its own. */
function roundedWeights(decoder: Decoder): Map<string, Float32Array> {
  const arrays = decoder.parameters.toArrays();
  const round = (array: Float32Array, outputs: number, at: (output: number, input: number) => number) => {
    const inputs = array.length / outputs;
    for (let n = 0; n < outputs; n++) {
      let largest = 0;
      for (let k = 0; k < inputs; k++) largest = Math.max(largest, Math.abs(array[at(n, k)]!));
      const scale = Math.fround(largest / 127);
      for (let k = 0; k < inputs; k++) {
        const steps = Math.fround(array[at(n, k)]! * Math.fround(127 / largest));
        array[at(n, k)] = scale * (Math.abs(steps % 1) === 0.5 ? 2 * Math.round(steps / 2) : Math.round(steps));
      }
    }
  };
  const inOut = decoder.config.architecture === 'gpt2';
  for (const { path, inputs, outputs } of decoder.linearModules()) {
    round(arrays.get(`${path}.weight`)!, outputs, inOut ? (n, k) => k * outputs + n : (n, k) => n * inputs + k);
  }
  const head = (decoder.headWeight.dataSync() as Float32Array).slice();
  round(head, decoder.config.vocabulary, (n, k) => n * decoder.config.width + k);
  arrays.set('lm_head.weight', head);
  return arrays;
}

function worst(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

test('prompts read between steps, by more threads than there are cores, change no answer', async () => {
  const answers: unknown[] = [];
  for (const threads of [1, 7]) {
    const backend = await openWasm(threads, 1);
    installKernels(backend.kernels);
    const decoder = decoderOf(decoderConfigFrom(configs.llama));
    const requests = () =>
      Array.from({ length: 60 }, (_, i) => ({ ids: prompts[i % 4]!.slice(0, 1 + (i % 3)), generator: Random.from(1, i) }));
    for (let round = 0; round < (threads === 1 ? 1 : 5); round++) {
      answers.push(
        await generate(decoder, requests(), { maxNewTokens: 20, batchSize: 3, stopIds: [4, 9], temperature: 1, topK: 0, topP: 1 }),
      );
    }
    decoder.dispose();
    installKernels(null);
    await backend.close();
  }
  for (const others of answers.slice(1)) expect(others).toEqual(answers[0]);
});

describe('a model without layers: the norm of an embedding, and the head', () => {
  const [vocabulary, width] = [1031, 37];
  const config: DecoderConfig = {
    ...decoderConfigFrom({ ...(configs.llama as object), vocab_size: vocabulary, hidden_size: 40 }),
    width,
    layers: 0,
    tied: false,
  };
  let backend: Backend;
  let decoder: Decoder;
  beforeAll(async () => {
    backend = await openWasm(2, 1);
    installKernels(backend.kernels);
    decoder = decoderOf(config);
  });
  afterAll(async () => {
    decoder.dispose();
    installKernels(null);
    await backend.close();
  });

  const rows = { slots: Int32Array.of(0, 1, 2), ids: Int32Array.of(7, 1030, 400), positions: Int32Array.of(0, 0, 0) };

  test('a product of 8-bit weights is off by half a step of its input at most', () => {
    const parameters = decoder.parameters.toArrays();
    const weights = roundedWeights(decoder).get('lm_head.weight')!;
    const decoding = decoder.openDecoding({ slots: 3, capacity: 4, weights: 'int8' })!;
    const logits = decoding.logits(rows);
    rows.ids.forEach((id, r) => {
      const x = parameters.get('model.embed_tokens.weight')!.subarray(id * width, (id + 1) * width);
      const square = x.reduce((sum, value) => sum + value * value, 0) / width;
      const normed = Array.from(
        x,
        (value, i) => (value / Math.sqrt(square + config.normEpsilon)) * parameters.get('model.norm.weight')![i]!,
      );
      const step = Math.max(...normed.map(Math.abs)) / 8191;
      for (let v = 0; v < vocabulary; v++) {
        let [exact, size] = [0, 0];
        for (let i = 0; i < width; i++) {
          exact += normed[i]! * weights[v * width + i]!;
          size += Math.abs(weights[v * width + i]!);
        }
        expect(Math.abs(logits[r * vocabulary + v]! - exact)).toBeLessThanOrEqual((step / 2) * size + 2e-6 * (1 + Math.abs(exact)));
      }
    });
    decoding.dispose();
  });

  test.each([1, 0.3, 2.5, 0])('a draw is that of the host, temperature %s', (temperature) => {
    const decoding = decoder.openDecoding({ slots: 3, capacity: 4, weights: 'f32' })!;
    const logits = decoding.logits(rows).slice();
    const probabilities = [0, 1, 2].map((r) =>
      warp(logits.subarray(r * vocabulary, (r + 1) * vocabulary), { temperature, topK: 0, topP: 1 }).slice(),
    );
    const random = Random.from(5);
    for (let i = 0; i < 500; i++) {
      const uniforms = Float64Array.from({ length: 3 }, () => random.uniform());
      if (i === 0) uniforms.set([0, 1 - 2 ** -53, 1e-300]);
      const drawn = decoding.draw(rows, uniforms, temperature + temperatureFloor).slice();
      expect([...drawn]).toEqual(probabilities.map((row, r) => draw(row, { uniform: () => uniforms[r]! } as Random)));
    }
    decoding.dispose();
  });

  test('logits that are not numbers draw no token, and leave the other rows alone', () => {
    const broken = decoderOf(config);
    const arrays = broken.parameters.toArrays();
    arrays.get('model.embed_tokens.weight')![1030 * width] = Number.NaN;
    broken.parameters.load(arrays);
    for (const weights of ['f32', 'int8'] as const) {
      const decoding = broken.openDecoding({ slots: 3, capacity: 4, weights })!;
      const drawn = decoding.draw(rows, Float64Array.of(0.5, 0.5, 0.5), 1);
      expect([drawn[0]! >= 0, drawn[1], drawn[2]! >= 0]).toEqual([true, -1, true]);
      decoding.dispose();
    }
    broken.dispose();
  });

  test('what lies outside table, slots or cache is refused', () => {
    const decoding = decoder.openDecoding({ slots: 2, capacity: 4, weights: 'f32' })!;
    const step = (slot: number, id: number, position: number) =>
      decoding.logits({ slots: Int32Array.of(slot), ids: Int32Array.of(id), positions: Int32Array.of(position) });
    for (const [slot, id, position] of [
      [2, 0, 0],
      [-1, 0, 0],
      [0, -1, 0],
      [0, vocabulary, 0],
      [0, 0, 4],
      [0, 0, -1],
    ] as const) {
      expect(() => step(slot, id, position)).toThrow(RangeError);
    }
    expect(() => decoding.logits(rows)).toThrow(RangeError);
    decoding.dispose();
  });

  test('opening and closing a thousand times takes no more memory', () => {
    const cycle = () => decoder.openDecoding({ slots: 64, capacity: 256, weights: 'int8' })!.dispose();
    for (let i = 0; i < 10; i++) cycle();
    const before = backend.heapBytes!();
    for (let i = 0; i < 1000; i++) cycle();
    expect(backend.heapBytes!()).toBe(before);
  });
});
