import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { installedTensorflow } from '#engine/backends/tensorflow/folder.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { responseLogProbs } from '#engine/nn/log-prob.ts';
import { kernels } from '#engine/nn/ops/kernels.ts';
import '#engine/nn/tape-gradients.ts';
import { Random } from '#engine/nn/random.ts';
import { generate } from '#engine/sampling/generate.ts';
import { worstError } from '../../../golden/load.ts';
import { inputsOf, type OpCase, opCases, run } from '../../nn/ops/cases.ts';

/** A test never fetches 230 MB by itself. */
const missing =
  installedTensorflow() === null ? 'libtensorflow is not on this machine; npm run setup:libtensorflow brings it (230 MB)' : null;

const vocabulary = 61;
const configs = {
  gpt2: decoderConfigFrom({ model_type: 'gpt2', vocab_size: vocabulary, n_embd: 24, n_layer: 2, n_head: 3, n_positions: 40 }),
  llama: decoderConfigFrom({
    model_type: 'llama',
    vocab_size: vocabulary,
    hidden_size: 24,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    intermediate_size: 40,
    max_position_embeddings: 40,
    rms_norm_eps: 1e-6,
  }),
};
const models = Object.keys(configs) as (keyof typeof configs)[];
const [batch, time, prompt, steps] = [3, 13, 5, 4];

interface Trained {
  losses: number[];
  norms: number[];
  tensors: number[];
  parameters: Map<string, Float32Array>;
}

/** Some updates of next-token cross-entropy from one seed; the first row begins with padding. */
function train(name: keyof typeof configs): Trained {
  const decoder = Decoder.random(configs[name], 3);
  const optimizer = new AdamW(decoder.parameters, { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 });
  const random = Random.from(5);
  const ids = Array.from({ length: batch * time }, () => random.integer(vocabulary));
  const mask = Array.from({ length: batch * time }, (_, i) => Number(i >= 3));
  const seen: Omit<Trained, 'parameters'> = { losses: [], norms: [], tensors: [] };
  for (let step = 0; step < steps; step++) {
    const { value, gradients } = valueAndGradients(() => {
      const tokens = tf.tensor2d(ids, [batch, time], 'int32');
      const hidden = decoder.hidden(tokens, tf.tensor2d(mask, [batch, time], 'int32'));
      return tf.neg(tf.mean(responseLogProbs(decoder, hidden, tokens, prompt, 1).logProbs)) as tf.Scalar;
    }, decoder.parameters);
    seen.norms.push(optimizer.step(gradients, 0.01, 1).gradNorm);
    gradients.dispose();
    seen.losses.push(value);
    seen.tensors.push(tf.memory().numTensors);
  }
  const parameters = decoder.parameters.toArrays();
  optimizer.dispose();
  decoder.dispose();
  return { ...seen, parameters };
}

/** Greedy answers to eight prompts of different lengths. */
async function answers(name: keyof typeof configs): Promise<number[][]> {
  const decoder = Decoder.random(configs[name], 4);
  const requests = Array.from({ length: 8 }, (_, i) => ({
    ids: Array.from({ length: 3 + i }, (_, t) => (7 * i + 3 * t) % vocabulary),
    generator: Random.from(9, 'prompt', i),
  }));
  const drawn = await generate(decoder, requests, { maxNewTokens: 8, stopIds: [], temperature: 0, topK: 0, topP: 1 });
  decoder.dispose();
  return drawn.map(({ ids }) => ids);
}

describe('libtensorflow equals cpu', () => {
  const onCpu = {
    ops: new Map<string, ReturnType<typeof run>>(),
    steps: new Map<string, Trained>(),
    answers: new Map<string, number[][]>(),
  };
  let backend: Backend;

  beforeAll(async () => {
    if (missing) return;
    const reference = await openBackend({ name: 'cpu' });
    for (const op of opCases) onCpu.ops.set(op.name, run(op, inputsOf(op)));
    for (const name of models) {
      onCpu.steps.set(name, train(name));
      onCpu.answers.set(name, await answers(name));
    }
    await reference.close();
    backend = await openBackend({ name: 'tensorflow', threads: 2 });
  });
  beforeEach((context) => {
    if (missing) context.skip(missing);
  });

  test('says what it computes on', () => {
    expect(backend.words).toMatch(/^TensorFlow 2\.18\.1 on (2 cores; no GPU found: .+|NVIDIA .+ by CUDA)$/);
    expect(tf.getBackend()).toBe('tensorflow');
  });

  test.each(opCases)('$name: value and gradients', (op: OpCase) => {
    const before = tf.memory().numTensors;
    const actual = run(op, inputsOf(op));
    const { value, gradients } = onCpu.ops.get(op.name)!;
    expect(worstError(actual.value, value)).toBeLessThan(1e-5);
    actual.gradients.forEach((gradient, i) => {
      expect(worstError(gradient, gradients[i]!)).toBeLessThan(2e-5);
    });
    expect(run(op, inputsOf(op))).toEqual(actual); // the same bits every time
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(models)('%s: training steps, which leave no tensor behind and give the same bits again', (name) => {
    const before = tf.memory().numTensors;
    const actual = train(name);
    const expected = onCpu.steps.get(name)!;
    expect(worstError(actual.losses, expected.losses)).toBeLessThan(2e-5);
    expect(worstError(actual.norms, expected.norms)).toBeLessThan(5e-5);
    for (const [parameter, values] of expected.parameters) {
      expect(worstError(actual.parameters.get(parameter)!, values), parameter).toBeLessThan(1e-4);
    }
    expect(new Set(actual.tensors).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
    expect(train(name).parameters).toEqual(actual.parameters);
  });

  test.each(models)('%s: greedy answers', async (name) => {
    expect(await answers(name)).toEqual(onCpu.answers.get(name));
  });

  test('AdamW is that of the composite, writes into no array of ours, and keeps no memory', () => {
    const sizes = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, scale: 0.5 };
    const length = 250_000;
    const random = Random.from(21);
    const start = Float32Array.from({ length }, () => random.normal());
    const slope = Float32Array.from({ length }, () => random.normal());
    const given = [start.slice(), new Float32Array(length), new Float32Array(length)];
    const [p, m, v] = given.map((array) => tf.tidy(() => tf.variable(tf.tensor1d(array)))) as [tf.Variable, tf.Variable, tf.Variable];
    const expected = { p: Float64Array.from(start), m: new Float64Array(length), v: new Float64Array(length) };
    const before = process.memoryUsage().rss;
    for (let t = 1; t <= 300; t++) {
      const step = { ...sizes, c1: 1 - sizes.beta1 ** t, c2: 1 - sizes.beta2 ** t };
      tf.tidy(() => kernels().adamw(p, tf.tensor1d(slope), m, v, step));
      for (let i = 0; i < length; i += 1009) {
        const g = slope[i]! * sizes.scale;
        expected.m[i] = 0.9 * expected.m[i]! + 0.1 * g;
        expected.v[i] = 0.999 * expected.v[i]! + 0.001 * g * g;
        const update = expected.m[i]! / step.c1 / (Math.sqrt(expected.v[i]! / step.c2) + 1e-8);
        expected.p[i] = expected.p[i]! * (1 - 0.1 * 0.1) - 0.1 * update;
      }
    }
    const sampled = (values: ArrayLike<number>) => Array.from({ length: Math.ceil(length / 1009) }, (_, i) => values[i * 1009]!);
    for (const [variable, name] of [
      [p, 'p'],
      [m, 'm'],
      [v, 'v'],
    ] as const) {
      expect(worstError(sampled(variable.dataSync()), sampled(expected[name])), name).toBeLessThan(2e-5);
    }
    expect(given[0]).toEqual(start);
    expect(given[1]!.every((value) => value === 0)).toBe(true);
    // A handle that is not freed would keep 1 MB a step.
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
    tf.dispose([p, m, v]);
  });

  test('the sum of squares is that of float64, and shows what is not a number', () => {
    const values = Float32Array.from({ length: 100_001 }, (_, i) => 1 + (i % 7) / 1000);
    const exact = values.reduce((sum, x) => sum + x * x, 0);
    const sum = (array: number[] | Float32Array) => tf.tidy(() => kernels().sumOfSquares(tf.tensor1d(array)));
    expect(Math.abs(sum(values) / exact - 1)).toBeLessThan(1e-12);
    expect(sum([1, Number.NaN])).toBeNaN();
    expect(sum([1, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
  });

  test('an id beyond the table is an error, not another row', () => {
    expect(() => tf.tidy(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([3], 'int32')).dataSync())).toThrow();
  });
});
