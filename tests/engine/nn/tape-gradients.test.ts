import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import '#engine/nn/tape-gradients.ts';
import { Random } from '#engine/nn/random.ts';

type Glue = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** Each registered gradient at least once; a is [3, 4] and b [4], so that binary ops broadcast. Both are away from kinks and positive where they must be. */
const cases: Record<string, Glue> = {
  'add, broadcast': (a, b) => tf.add(a, b),
  'add to itself': (a) => tf.add(a, a),
  'sub, broadcast': (a, b) => tf.sub(b, a),
  'mul, broadcast': (a, b) => tf.mul(a, b),
  'mul by a number': (a) => tf.mul(a, 3),
  'div, broadcast': (a, b) => tf.div(a, b),
  'squared difference': (a, b) => tf.squaredDifference(a, b),
  maximum: (a, b) => tf.maximum(a, b),
  minimum: (a, b) => tf.minimum(a, b),
  neg: (a) => tf.neg(a),
  square: (a) => tf.square(a),
  log: (a) => tf.log(a),
  log1p: (a) => tf.log1p(a),
  exp: (a) => tf.exp(a),
  sqrt: (a) => tf.sqrt(a),
  rsqrt: (a) => tf.rsqrt(a),
  softplus: (a) => tf.softplus(tf.neg(a)),
  sigmoid: (a) => tf.sigmoid(a),
  tanh: (a) => tf.tanh(a),
  relu: (a) => tf.relu(tf.sub(a, 1)),
  abs: (a) => tf.abs(tf.sub(a, 1)),
  'clip by value': (a) => tf.clipByValue(a, 0.8, 1.3),
  clone: (a) => tf.clone(a),
  cast: (a) => tf.cast(a, 'float32'),
  reshape: (a) => tf.square(tf.reshape(a, [2, 6])),
  'expand dims': (a) => tf.square(tf.expandDims(a, 1)),
  squeeze: (a) => tf.square(tf.squeeze(tf.expandDims(a, 1))),
  transpose: (a) => tf.transpose(tf.square(a)),
  'sum of all': (a) => tf.sum(tf.square(a)),
  'sum of rows': (a) => tf.sum(tf.square(a), 1),
  'sum of columns, kept': (a) => tf.mul(tf.sum(a, 0, true), a),
  'mean of all': (a) => tf.mean(tf.square(a)),
  'mean of rows': (a) => tf.mean(tf.square(a), -1),
  slice: (a) => tf.slice(a, [1, 1], [2, 2]),
  'slice to the end': (a) => tf.slice(a, [1, 0], [-1, 3]),
  'gather rows': (a) => tf.gather(a, tf.tensor1d([2, 0, 2], 'int32')),
  concat: (a, b) => tf.square(tf.concat([a, tf.reshape(b, [1, 4]), a], 0)),
  'concat columns': (a) => tf.square(tf.concat([a, tf.neg(a)], -1)),
  stack: (a, b) => tf.stack([tf.square(b), tf.sum(a, 0)], 1),
  unstack: (a) => tf.unstack(a)[1]!,
  split: (a) => tf.mul(tf.split(a, 2, 1)[0]!, tf.split(a, [1, 3], 1)[0]!),
};

const inputs = (() => {
  const random = Random.from(8);
  // In (0.6, 1.5), and no nearer than 0.02 to the kinks at .8, 1 and 1.3.
  const draw = (): number => {
    const x = 0.6 + 0.9 * random.uniform();
    return [0.8, 1, 1.3].some((kink) => Math.abs(x - kink) < 0.02) ? draw() : x;
  };
  return [Float32Array.from({ length: 12 }, draw), Float32Array.from({ length: 4 }, draw)];
})();

/** Σ cos(i)·yᵢ and its gradients by a and b; null where it does not depend on one. */
function evaluate(glue: Glue, [a, b]: Float32Array[]): { value: number; gradients: (Float32Array | null)[] } {
  const result = { value: Number.NaN, gradients: [] as (Float32Array | null)[] };
  tf.tidy(() => {
    const tensors: [tf.Tensor, tf.Tensor] = [tf.tensor2d(a!.slice(), [3, 4]), tf.tensor1d(b!.slice())];
    const weighted = () => {
      const y = glue(...tensors);
      const weights = Float32Array.from({ length: y.size }, (_, i) => Math.cos(i));
      return tf.sum(tf.mul(y, tf.tensor(weights, y.shape)));
    };
    const { value, grads } = tf.engine().gradients(weighted, tensors, undefined, true);
    result.value = value.dataSync()[0]!;
    result.gradients = (grads as (tf.Tensor | undefined)[]).map((g) => (g ? (g.dataSync() as Float32Array).slice() : null));
  });
  return result;
}

describe.each(['cpu', 'wasm'] as const)('glue gradients on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ name });
  });
  afterAll(() => backend.close());

  test.each(Object.entries(cases))('%s', (_, glue) => {
    const before = tf.memory().numTensors;
    const { gradients } = evaluate(glue, inputs);
    const h = 4e-3;
    inputs.forEach((values, i) => {
      values.forEach((kept, k) => {
        const at = (x: number) => {
          values[k] = x;
          return evaluate(glue, inputs).value;
        };
        const slope = (at(kept + h) - at(kept - h)) / (2 * h);
        values[k] = kept;
        expect(Math.abs((gradients[i]?.[k] ?? 0) - slope)).toBeLessThan(3e-3);
      });
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('an op without a gradient says so', () => {
    expect(() => evaluate((a) => tf.sin(a), inputs)).toThrow(/gradient function not found for Sin/);
  });
});
