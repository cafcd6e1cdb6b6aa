import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openWasm } from '#engine/backends/wasm/open.ts';
import { array, numbers } from './numbers.ts';
import { expectClose, onAnyThreads } from './support.ts';

test.each([
  [1, 1, 1],
  [7, 5, 9],
  [13, 67, 40],
])('embed: table %i × %i, %i ids', async (rows, width, count) => {
  const table = array(rows * width, 31);
  const dy = array(count * width, 32);
  const next = numbers(33);
  const ids = Int32Array.from({ length: count }, () => Math.floor(((next() + 1) / 2) * rows));
  const out = await onAnyThreads((kernels) => {
    const it = tf.tensor1d(ids, 'int32');
    return {
      y: kernels.embed(tf.tensor2d(table, [rows, width]), it),
      dtable: kernels.embedGradient([rows, width], it, tf.tensor2d(dy, [count, width])),
    };
  });
  const dtable = new Float64Array(rows * width);
  for (let r = 0; r < count; r++) for (let i = 0; i < width; i++) dtable[ids[r]! * width + i]! += dy[r * width + i]!;
  expectClose(
    out.y!,
    Array.from({ length: count * width }, (_, i) => table[ids[Math.floor(i / width)]! * width + (i % width)]!),
    0,
  );
  expectClose(out.dtable!, dtable);
});

test('an id outside the table is refused', async () => {
  const backend = await openWasm(1);
  const table = tf.zeros<tf.Rank.R2>([4, 2]);
  for (const id of [-1, 4]) expect(() => backend.kernels!.embed!(table, tf.tensor1d([0, id], 'int32'))).toThrow(RangeError);
  expect(() => backend.kernels!.embedGradient!([4, 2], tf.tensor1d([9], 'int32'), tf.zeros([1, 2]))).toThrow(RangeError);
  await backend.close();
});

test.each([
  [1, 1, 1, 2],
  [2, 5, 3, 6],
  [3, 7, 2, 32],
])('rope: %i × %i tokens, %i heads of %i', async (batch, length, heads, width) => {
  const half = width / 2;
  const x = array(batch * length * heads * width, 34);
  const angles = array(20 * half, 35, 3);
  const next = numbers(36);
  const positions = Int32Array.from({ length: batch * length }, () => Math.floor((next() + 1) * 10));
  const out = await onAnyThreads((kernels) => {
    const xt = tf.tensor3d(x, [batch, length, heads * width]);
    const cos = tf.tensor2d(angles.map(Math.cos), [20, half]);
    const sin = tf.tensor2d(angles.map(Math.sin), [20, half]);
    const pt = tf.tensor2d(positions, [batch, length], 'int32');
    const y = kernels.rope(xt, cos, sin, pt, heads, 1);
    return { y, back: kernels.rope(y, cos, sin, pt, heads, -1) };
  });
  const expected = new Float64Array(x.length);
  for (let row = 0; row < batch * length; row++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < half; i++) {
        const angle = angles[positions[row]! * half + i]!;
        const [low, high] = [(row * heads + h) * width + i, (row * heads + h) * width + i + half];
        expected[low] = x[low]! * Math.cos(angle) - x[high]! * Math.sin(angle);
        expected[high] = x[high]! * Math.cos(angle) + x[low]! * Math.sin(angle);
      }
    }
  }
  expectClose(out.y!, expected);
  expectClose(out.back!, x);
});
