import * as tf from '@tensorflow/tfjs-core';
import { describe, test } from 'vitest';
import { array } from './numbers.ts';
import { expectClose, onAnyThreads, slopes } from './support.ts';

const EPSILON = 1e-5;

/** LayerNorm or RMSNorm row by row in float64. */
function norm(
  x: ArrayLike<number>,
  gain: ArrayLike<number>,
  bias: ArrayLike<number> | null,
  width: number,
  kind: 'layer' | 'rms',
): Float64Array {
  const y = new Float64Array(x.length);
  for (let row = 0; row < x.length; row += width) {
    let mean = 0;
    for (let i = 0; i < width; i++) mean += x[row + i]! / width;
    if (kind === 'rms') mean = 0;
    let variance = 0;
    for (let i = 0; i < width; i++) variance += (x[row + i]! - mean) ** 2 / width;
    for (let i = 0; i < width; i++) y[row + i] = ((x[row + i]! - mean) / Math.sqrt(variance + EPSILON)) * gain[i]! + (bias?.[i] ?? 0);
  }
  return y;
}

describe.each(['layer', 'rms'] as const)('%s norm', (kind) => {
  test.each([
    [1, 1],
    [5, 3],
    [9, 30],
    [150, 17],
    [12, 64],
  ])('%i rows of %i', async (rows, width) => {
    const x = array(rows * width, 11, 3);
    const gain = array(width, 12, 2);
    const bias = kind === 'layer' ? array(width, 13) : null;
    const dy = array(rows * width, 14);
    const out = await onAnyThreads((kernels) => {
      const xt = tf.tensor2d(x, [rows, width]);
      const gt = tf.tensor1d(gain);
      const { y, statistics } = kernels.norm(xt, gt, bias ? tf.tensor1d(bias) : null, EPSILON, kind);
      return { y, statistics, ...kernels.normGradient(xt, gt, statistics, tf.tensor2d(dy, [rows, width]), kind) };
    });
    expectClose(out.y!, norm(x, gain, bias, width, kind));
    // A layer norm of one number is flat but for ε: its slope is a difference of large numbers.
    if (width > 1)
      expectClose(
        out.dx!,
        slopes(x, dy, (point) => norm(point, gain, bias, width, kind)),
        2e-5,
      );
    expectClose(
      out.dgain!,
      slopes(gain, dy, (point) => norm(x, point, bias, width, kind)),
      2e-5,
    );
    expectClose(
      out.dbias!,
      slopes(new Float64Array(width), dy, (point) => norm(x, gain, point, width, kind)),
      2e-5,
    );
  });
});
