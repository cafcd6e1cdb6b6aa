import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { openWasm } from '#engine/backends/wasm/open.ts';
import { array } from './numbers.ts';
import { expectClose, onAnyThreads, product } from './support.ts';

/** Odd sizes, one row, more than one block of 256 along each side. */
const sizes = [
  { m: 1, n: 1, k: 1 },
  { m: 1, n: 37, k: 19 },
  { m: 3, n: 5, k: 2 },
  { m: 7, n: 130, k: 33 },
  { m: 16, n: 8, k: 256 },
  { m: 67, n: 45, k: 129 },
  { m: 40, n: 261, k: 515 },
  { m: 270, n: 9, k: 31 },
];

describe.each(sizes)('linear $m × $k by $k × $n', ({ m, n, k }) => {
  const x = array(m * k, 1);
  const w = array(k * n, 2);
  const b = array(n, 3);
  const dy = array(m * n, 4);
  // Float32 chains of length k against exact sums.
  const tolerance = 3e-7 * Math.max(8, k);

  test.each([false, true])('forward and gradients, transposed %s', async (transposed) => {
    const stored: [number, number] = transposed ? [n, k] : [k, n];
    const out = await onAnyThreads((kernels) => {
      const xt = tf.tensor2d(x, [m, k]);
      const wt = tf.tensor2d(w, stored);
      const dyt = tf.tensor2d(dy, [m, n]);
      const gradient = kernels.linearGradient(xt, wt, dyt, transposed, { x: true, w: true, b: true });
      const y = kernels.linear(xt, wt, tf.tensor1d(b), transposed);
      const onto = kernels.linearOnto!(dyt, xt, wt, tf.tensor1d(b), transposed);
      return { y, onto, bare: kernels.linear(xt, wt, null, transposed), ...gradient };
    });
    const bare = product(x, false, w, transposed, { m, n, k });
    expectClose(out.bare!, bare, tolerance);
    expectClose(
      out.y!,
      bare.map((value, i) => value + b[i % n]!),
      tolerance,
    );
    expectClose(
      out.onto!,
      bare.map((value, i) => value + b[i % n]! + dy[i]!),
      tolerance,
    );
    expectClose(out.dx!, product(dy, false, w, !transposed, { m, n: k, k: n }), tolerance * (n / k + 1));
    const dw = transposed ? product(dy, true, x, false, { m: n, n: k, k: m }) : product(x, true, dy, false, { m: k, n, k: m });
    expectClose(out.dw!, dw, tolerance * (m / k + 1));
    const db = new Float64Array(n);
    for (let i = 0; i < m * n; i++) db[i % n]! += dy[i]!;
    expectClose(out.db!, db, tolerance * (m / k + 1));
  });
});

test('only the gradients that are asked for', async () => {
  const out = await onAnyThreads((kernels) => {
    const one = tf.ones<tf.Rank.R2>([2, 2]);
    return { ...kernels.linearGradient(one, one, one, false, { x: true, w: false, b: false }) };
  });
  expect(Object.keys(out)).toEqual(['dx']);
});

test.each([false, true])('a row has the same bits alone as among 64 others, transposed %s', async (transposed) => {
  const [rows, k, n] = [64, 131, 77];
  const x = array(rows * k, 5);
  const w = array(k * n, 6);
  const backend = await openWasm(2, 1);
  const wt = tf.tensor2d(w, transposed ? [n, k] : [k, n]);
  const all = backend.kernels!.linear!(tf.tensor2d(x, [rows, k]), wt, null, transposed)
    .dataSync()
    .slice();
  for (const row of [0, 1, 17, 63]) {
    const alone = backend.kernels!.linear!(tf.tensor2d(x.slice(row * k, (row + 1) * k), [1, k]), wt, null, transposed).dataSync();
    expect(alone).toEqual(all.slice(row * n, (row + 1) * n));
  }
  await backend.close();
});
