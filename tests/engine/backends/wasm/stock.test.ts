import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { openWasm } from '#engine/backends/wasm/open.ts';
import { array } from './numbers.ts';
import { expectClose, onAnyThreads, product } from './support.ts';

describe('tf.matMul', () => {
  test.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('batched, transposed %s and %s, broadcast from a batch of one', async (transposeA, transposeB) => {
    const [batch, m, n, k] = [3, 7, 10, 5];
    const a = array(batch * m * k, 71);
    const b = array(batch * k * n, 72);
    const shapeA: [number, number] = transposeA ? [k, m] : [m, k];
    const shapeB: [number, number] = transposeB ? [n, k] : [k, n];
    const out = await onAnyThreads(() => {
      const at = tf.tensor3d(a, [batch, ...shapeA]);
      const bt = tf.tensor3d(b, [batch, ...shapeB]);
      const one = tf.slice(bt, [1, 0, 0], [1, -1, -1]);
      return {
        each: tf.matMul(at, bt, transposeA, transposeB),
        broadcast: tf.matMul(at, one, transposeA, transposeB),
        single: tf.matMul(tf.tensor2d(a.slice(0, m * k), shapeA), tf.tensor2d(b.slice(0, k * n), shapeB), transposeA, transposeB),
      };
    });
    const by = (i: number, j: number) =>
      product(a.slice(i * m * k, (i + 1) * m * k), transposeA, b.slice(j * k * n, (j + 1) * k * n), transposeB, { m, n, k });
    expectClose(
      out.each!,
      [0, 1, 2].flatMap((i) => [...by(i, i)]),
    );
    expectClose(
      out.broadcast!,
      [0, 1, 2].flatMap((i) => [...by(i, 1)]),
    );
    expectClose(out.single!, by(0, 0));
  });

  test('sees a weight that was changed in place', async () => {
    const backend = await openWasm(1);
    const [x, w, m, v] = [tf.ones<tf.Rank.R2>([2, 2]), tf.ones<tf.Rank.R2>([2, 2]), tf.zeros([2, 2]), tf.zeros([2, 2])];
    tf.matMul(x, w).dispose();
    const step = { learningRate: 1, beta1: 0, beta2: 0, epsilon: 0, weightDecay: 0, c1: 1, c2: 1, scale: 1 };
    backend.kernels!.adamw!(w, tf.ones([2, 2]), m, v, step);
    expect([...tf.matMul(x, w).dataSync()]).toEqual([0, 0, 0, 0]);
    await backend.close();
  });
});

test('tf.unsortedSegmentSum leaves out ids outside the segments', async () => {
  const out = await onAnyThreads(() => ({ y: tf.unsortedSegmentSum(tf.ones([4, 3]), tf.tensor1d([1, -1, 5, 1], 'int32'), 2) }));
  expect([...out.y!]).toEqual([0, 0, 0, 2, 2, 2]);
});

test('tf.gather with batchDims says that it is wrong here', async () => {
  const backend = await openWasm(1);
  expect(() => tf.gather(tf.ones([2, 3]), tf.zeros([2, 1], 'int32'), 1, 1)).toThrow(/flattened/);
  await backend.close();
});
