import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openWasm } from '#engine/backends/wasm/open.ts';
import { array } from './numbers.ts';
import { expectClose, onAnyThreads } from './support.ts';

test.each([1, 3, 64, 40_003])('adamw in place on %i numbers over three steps', async (size) => {
  const settings = { learningRate: 0.01, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, scale: 0.5 };
  const start = array(size, 51);
  const gradients = [52, 53, 54].map((seed) => array(size, seed));
  const out = await onAnyThreads((kernels) => {
    const [p, m, v] = [tf.tensor1d(start), tf.zeros([size]), tf.zeros([size])];
    gradients.forEach((gradient, i) => {
      const step = { ...settings, c1: 1 - settings.beta1 ** (i + 1), c2: 1 - settings.beta2 ** (i + 1) };
      kernels.adamw(p, tf.tensor1d(gradient), m, v, step);
    });
    return { p, m, v };
  });
  const p = Float64Array.from(start);
  const m = new Float64Array(size);
  const v = new Float64Array(size);
  gradients.forEach((gradient, t) => {
    for (let i = 0; i < size; i++) {
      const g = gradient[i]! * settings.scale;
      m[i] = settings.beta1 * m[i]! + (1 - settings.beta1) * g;
      v[i] = settings.beta2 * v[i]! + (1 - settings.beta2) * g * g;
      const [mHat, vHat] = [m[i]! / (1 - settings.beta1 ** (t + 1)), v[i]! / (1 - settings.beta2 ** (t + 1))];
      p[i] =
        p[i]! * (1 - settings.learningRate * settings.weightDecay) - (settings.learningRate * mHat) / (Math.sqrt(vHat) + settings.epsilon);
    }
  });
  expectClose(out.p!, p, 1e-6);
  expectClose(out.m!, m, 1e-6);
  expectClose(out.v!, v, 1e-6);
});

test.each([1, 5, 16_384, 50_001])('sum of squares of %i numbers, in float64 and the same on any threads', async (size) => {
  const g = array(size, 55, 1e3);
  const exact = g.reduce((sum, value) => sum + value * value, 0);
  const found: number[] = [];
  for (const threads of [1, 2, 3]) {
    const backend = await openWasm(threads, 1);
    found.push(backend.kernels!.sumOfSquares!(tf.tensor1d(g)));
    await backend.close();
  }
  expect(new Set(found).size).toBe(1);
  expect(Math.abs(found[0]! - exact) / exact).toBeLessThan(1e-13);
});

test.each([1, 7, 40_003])('sums in place of %i numbers', async (size) => {
  const [a, b] = [array(size, 56), array(size, 57)];
  const { sum } = await onAnyThreads((kernels) => {
    const sum = tf.tensor1d(a);
    kernels.accumulate!(sum, tf.tensor1d(b));
    return { sum };
  });
  expect(sum).toEqual(a.map((value, i) => Math.fround(value + b[i]!)));
});
