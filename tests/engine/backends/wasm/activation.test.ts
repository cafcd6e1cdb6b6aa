import * as tf from '@tensorflow/tfjs-core';
import { describe, test } from 'vitest';
import { array } from './numbers.ts';
import { expectClose, onAnyThreads, slopes } from './support.ts';

const gelu = (x: number): number => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const silu = (x: number): number => x / (1 + Math.exp(-x));

describe.each([
  [1, 1],
  [3, 5],
  [41, 67],
])('%i rows of %i', (rows, width) => {
  const size = rows * width;
  // Large enough that the exponentials saturate on both sides.
  const x = array(size, 21, 12);
  const up = array(size, 22, 2);
  const dy = array(size, 23);

  test('gelu', async () => {
    const out = await onAnyThreads((kernels) => {
      const xt = tf.tensor2d(x, [rows, width]);
      return { y: kernels.gelu(xt), dx: kernels.geluGradient(xt, tf.tensor2d(dy, [rows, width])) };
    });
    expectClose(out.y!, Array.from(x, gelu));
    expectClose(
      out.dx!,
      slopes(x, dy, (point) => point.map(gelu)),
      3e-6,
    );
  });

  test('swiglu', async () => {
    const out = await onAnyThreads((kernels) => {
      const [gt, ut, dt] = [x, up, dy].map((values) => tf.tensor2d(values, [rows, width]));
      return { y: kernels.swiglu(gt!, ut!), ...kernels.swigluGradient(gt!, ut!, dt!) };
    });
    expectClose(
      out.y!,
      Array.from(x, (value, i) => silu(value) * up[i]!),
    );
    expectClose(
      out.dgate!,
      slopes(x, dy, (point) => point.map((value, i) => silu(value) * up[i]!)),
      3e-6,
    );
    expectClose(
      out.dup!,
      slopes(up, dy, (point) => point.map((value, i) => silu(x[i]!) * value)),
      3e-6,
    );
  });
});

test('activations of very large numbers are finite', async () => {
  const x = [-1e30, -1e4, -100, 100, 1e4, 1e30];
  const out = await onAnyThreads((kernels) => {
    const xt = tf.tensor2d(x, [1, 6]);
    const one = tf.ones<tf.Rank.R2>([1, 6]);
    return { gelu: kernels.gelu(xt), swiglu: kernels.swiglu(xt, one) };
  });
  expectClose(out.gelu!, [0, 0, 0, 100, 1e4, 1e30], 1e-6);
  expectClose(out.swiglu!.slice(1), [0, 0, 100, 1e4, 1e30], 1e-6);
});
