import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { Parameters } from '#engine/nn/parameters.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(() => backend.close());

test('gradients of parts add up, also where two parameters have one gradient between them', () => {
  const before = tf.memory().numTensors;
  const shapes = ['a', 'b', 'c'].map((name) => ({ name, shape: [3], decay: false }));
  const parameters = Parameters.from(shapes, new Map(shapes.map(({ name }, i) => [name, Float32Array.of(i, 1, 2)])));
  const part = (weight: number) => () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => parameters.get(name) as tf.Tensor) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return tf.sum(tf.mul(tf.add(tf.add(a, b), tf.mul(c, c)), weight)) as tf.Scalar;
  };
  const { gradients } = valueAndGradients(part(2), parameters);
  for (const weight of [3, 5]) gradients.add(valueAndGradients(part(weight), parameters).gradients);
  expect([...gradients.get('a').dataSync()]).toEqual([10, 10, 10]);
  expect([...gradients.get('b').dataSync()]).toEqual([10, 10, 10]);
  expect([...gradients.get('c').dataSync()]).toEqual([40, 20, 40]);
  gradients.dispose();
  parameters.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
