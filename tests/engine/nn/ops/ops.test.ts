import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { kernels } from '#engine/nn/ops/kernels.ts';
import '#engine/nn/tape-gradients.ts';
import { worstError } from '../../../golden/load.ts';
import { inputsOf, opCases, run } from './cases.ts';

const reference = new Map<string, ReturnType<typeof run>>();
const decoding = { heads: 6, groups: 2, headWidth: 5, capacity: 7, from: Int32Array.of(0, 2, 1), position: Int32Array.of(6, 2, 4) };
let decodedOnCpu: ReturnType<typeof decode>;
const stepsOnCpu: Float32Array[] = [];

describe('composites on cpu', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ name: 'cpu' });
  });
  afterAll(() => backend.close());

  test.each(opCases)('$name: gradients are those of central differences', (op) => {
    const inputs = inputsOf(op);
    const result = run(op, inputs);
    reference.set(op.name, result);
    const h = 1e-2;
    const objective = () => run(op, inputs).value.reduce((sum, value, i) => sum + value * Math.fround(Math.sin(i + 1)), 0);
    inputs.forEach((values, i) => {
      // A few entries of each input are enough to tell a wrong formula.
      for (let k = 0; k < values.length; k += Math.max(1, Math.floor(values.length / 12))) {
        const kept = values[k]!;
        values[k] = kept + h;
        const above = objective();
        values[k] = kept - h;
        const below = objective();
        values[k] = kept;
        expect(Math.abs(result.gradients[i]![k]! - (above - below) / (2 * h))).toBeLessThan(5e-3);
      }
    });
  });

  test('decode attention is the last row of attention over the cache', () => {
    decodedOnCpu = decode();
    const { y, keys, values, q } = decodedOnCpu;
    const { heads, groups, headWidth: e, capacity, from, position } = decoding;
    from.forEach((first, b) => {
      for (let h = 0; h < heads; h++) {
        const g = Math.floor(h / (heads / groups));
        const at = (c: number, i: number) => (b * capacity + c) * groups * e + g * e + i;
        const query = (i: number) => q[(b * heads + h) * e + i]!;
        const places = Array.from({ length: position[b]! - first + 1 }, (_, i) => first + i);
        const scores = places.map(
          (c) => Array.from({ length: e }, (_, i) => query(i) * keys[at(c, i)]!).reduce((x, z) => x + z) / Math.sqrt(e),
        );
        const weights = scores.map((score) => Math.exp(score));
        const total = weights.reduce((x, z) => x + z);
        for (let i = 0; i < e; i++) {
          const expected = places.reduce((sum, c, n) => sum + (weights[n]! / total) * values[at(c, i)]!, 0);
          expect(y[(b * heads + h) * e + i]!).toBeCloseTo(expected, 5);
        }
      }
    });
  });

  test('AdamW', () => {
    stepsOnCpu.push(...adamwSteps());
  });
});

describe.each([1, 2])('wasm kernels, %i threads', (threads) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ name: 'wasm', threads });
  });
  afterAll(() => backend.close());

  test.each(opCases)('$name: value and gradients are those of the composite', (op) => {
    const expected = reference.get(op.name)!;
    const before = tf.memory().numTensors;
    const actual = run(op, inputsOf(op));
    expect(worstError(actual.value, expected.value)).toBeLessThan(1e-5);
    actual.gradients.forEach((gradient, i) => {
      expect(worstError(gradient, expected.gradients[i]!)).toBeLessThan(2e-5);
    });
    expect(run(op, inputsOf(op))).toEqual(actual); // the same bits every time
    expect(tf.memory().numTensors).toBe(before);
  });

  test('entropy', () => {
    const [hidden, head] = [inputsOf(opCases.at(-1)!)[0]!, inputsOf(opCases.at(-1)!)[1]!];
    const entropy = tf.tidy(() => {
      const result = kernels().logProb(tf.tensor2d(hidden, [5, 7]), tf.tensor2d(head, [13, 7]), tf.tensor1d([0, 1, 2, 3, 4], 'int32'), 0.7);
      return result.entropy.dataSync();
    });
    for (let r = 0; r < 5; r++) {
      const logits = Array.from(
        { length: 13 },
        (_, v) => Array.from({ length: 7 }, (_, d) => hidden[r * 7 + d]! * head[v * 7 + d]!).reduce((a, b) => a + b) / 0.7,
      );
      const total = logits.reduce((sum, x) => sum + Math.exp(x), 0);
      const expected = -logits.reduce((sum, x) => sum + (Math.exp(x) / total) * (x - Math.log(total)), 0);
      expect(entropy[r]).toBeCloseTo(expected, 4);
    }
  });

  test('decode attention', () => {
    const actual = decode();
    expect(worstError(actual.y, decodedOnCpu.y)).toBeLessThan(1e-5);
    expect(actual.keys).toEqual(decodedOnCpu.keys);
    expect(actual.values).toEqual(decodedOnCpu.values);
  });

  test('AdamW in place, and the sum of squares', () => {
    adamwSteps().forEach((array, i) => {
      expect(worstError(array, stepsOnCpu[i]!)).toBeLessThan(1e-6);
    });
    const values = inputsOf({ name: 'sum', shapes: [[1001]], apply: () => tf.scalar(0) })[0]!;
    const sum = tf.tidy(() => kernels().sumOfSquares(tf.tensor1d(values)));
    expect(sum).toBeCloseTo(
      values.reduce((total, x) => total + x * x, 0),
      8,
    );
  });
});

/** Three steps of AdamW on one parameter. → p, m, v */
function adamwSteps(): Float32Array[] {
  const [p0, g0] = inputsOf({ name: 'adamw', shapes: [[37], [37]], apply: () => tf.scalar(0) }) as [Float32Array, Float32Array];
  const [p, m, v] = [p0, new Float32Array(37), new Float32Array(37)].map((array) =>
    tf.tidy(() => tf.variable(tf.tensor1d(array.slice()))),
  ) as [tf.Variable, tf.Variable, tf.Variable];
  for (let step = 1; step <= 3; step++) {
    const settings = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-5, weightDecay: 0.1, scale: 0.5 };
    tf.tidy(() =>
      kernels().adamw(p, tf.tensor1d(g0.map((g) => g * step)), m, v, { ...settings, c1: 1 - 0.9 ** step, c2: 1 - 0.99 ** step }),
    );
  }
  const arrays = [p, m, v].map((variable) => (variable.dataSync() as Float32Array).slice());
  for (const variable of [p, m, v]) variable.dispose();
  return arrays;
}

/** One step of decode attention; the caches are returned as they are after it. */
function decode(): { q: Float32Array; y: Float32Array; keys: Float32Array; values: Float32Array } {
  const { heads, groups, headWidth, capacity, from, position } = decoding;
  const [width, small] = [heads * headWidth, groups * headWidth];
  const shapes = [
    [3, width],
    [3, small],
    [3, small],
    [3, capacity, small],
    [3, capacity, small],
  ];
  const inputs = inputsOf({ name: 'decode', shapes, apply: () => tf.scalar(0) });
  const [keys, values] = [inputs[3]!, inputs[4]!].map((array) =>
    tf.tidy(() => tf.variable(tf.tensor3d(array.slice(), [3, capacity, small]))),
  ) as [tf.Variable<tf.Rank.R3>, tf.Variable<tf.Rank.R3>];
  const y = tf.tidy(() => {
    const [q, k, v] = inputs.slice(0, 3).map((array, i) => tf.tensor2d(array.slice(), shapes[i] as [number, number])) as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    const result = kernels().decodeAttention(q, k, v, keys as tf.Tensor3D, values as tf.Tensor3D, from, position, heads, groups);
    return (result.dataSync() as Float32Array).slice();
  });
  const caches = [keys, values].map((cache) => (cache.dataSync() as Float32Array).slice()) as [Float32Array, Float32Array];
  keys.dispose();
  values.dispose();
  return { q: inputs[0]!, y, keys: caches[0], values: caches[1] };
}
