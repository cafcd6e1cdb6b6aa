import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Kernels } from '#engine/backends/kernels.ts';
import { openWasm } from '#engine/backends/wasm/open.ts';

/** A list of tensors by name, as a case returns them. */
export type Outputs = Record<string, tf.Tensor | null>;
export type Arrays = Record<string, Float32Array>;

/**
 * Runs a case on one, two and three threads, split as finely as it can be, checks that every output has the same bits each time and that no tensor stays behind,
 * and returns the outputs.
 */
export async function onAnyThreads(use: (kernels: Kernels) => Outputs): Promise<Arrays> {
  const runs: Arrays[] = [];
  for (const threads of [1, 2, 3]) {
    const backend = await openWasm(threads, 1);
    const before = tf.memory().numTensors;
    const outputs = tf.tidy(() => {
      const made = use(backend.kernels as Kernels);
      const present = Object.entries(made).filter((entry): entry is [string, tf.Tensor] => entry[1] !== null);
      return Object.fromEntries(present.map(([name, tensor]) => [name, tensor.dataSync().slice() as Float32Array]));
    });
    expect(tf.memory().numTensors).toBe(before);
    await backend.close();
    runs.push(outputs);
  }
  const [first, ...others] = runs;
  for (const other of others) for (const name of Object.keys(first!)) expect(bits(other[name]!), name).toEqual(bits(first![name]!));
  return first!;
}

function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** Every element within `tolerance` of the expected one, in units of max(1, |expected|). */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-6): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    if (!(error <= tolerance)) expect.fail(`element ${i}: ${actual[i]} instead of ${expected[i]} (error ${error})`);
  }
}

/** c [m, n] = a·b by three loops in float64; `ta`, `tb`: stored the other way round. */
export function product(
  a: ArrayLike<number>,
  ta: boolean,
  b: ArrayLike<number>,
  tb: boolean,
  { m, n, k }: { m: number; n: number; k: number },
): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let l = 0; l < k; l++) c[i * n + j]! += a[ta ? l * m + i : i * k + l]! * b[tb ? j * k + l : l * n + j]!;
    }
  }
  return c;
}

/** The gradient of Σ weight·f(x) at x by central differences in float64: the slow version that no algebra of ours enters. */
export function slopes(x: ArrayLike<number>, weights: ArrayLike<number>, f: (x: Float64Array) => ArrayLike<number>): Float64Array {
  const point = Float64Array.from(x);
  const total = (): number => {
    const y = f(point);
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += weights[i]! * y[i]!;
    return sum;
  };
  const step = 1e-5;
  return point.map((value, i) => {
    point[i] = value + step;
    const above = total();
    point[i] = value - step;
    const below = total();
    point[i] = value;
    return (above - below) / (2 * step);
  });
}
