import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kernels } from '#engine/backends/kernels.ts';
import { logProbKernels } from '#engine/backends/webgpu/kernels/log-prob.ts';
import type { WebgpuBackend } from '#engine/backends/webgpu/open.ts';
import { composite } from '#engine/nn/ops/composite/index.ts';
import { Random } from '#engine/nn/random.ts';
import { worstError } from '../../../golden/load.ts';
import { closeTested, missing, openReference, openTested, patience } from './support.ts';

if (missing) console.warn(`webgpu kernel tests are skipped: ${missing}.`);

function normal(name: string, length: number): Float32Array {
  const random = Random.from(21, name);
  return Float32Array.from({ length }, () => random.normal());
}

const matrix = (name: string, rows: number, columns: number) => tf.tensor2d(normal(name, rows * columns), [rows, columns]);
const cube = (name: string, shape: [number, number, number]) => tf.tensor3d(normal(name, shape[0] * shape[1] * shape[2]), shape);
const host = (tensor: tf.Tensor) => Float32Array.from(tensor.dataSync<'float32'>());

/** What each case computes, by the kernels it is given: once by the composites on cpu, once on webgpu. */
const cases: Record<string, { allowed: number; compute(k: Kernels): Float32Array[] }> = {
  'attention over several blocks and tiles, grouped, padded': {
    allowed: 2e-5,
    compute(k) {
      const [batch, time, heads, groups, e] = [2, 133, 4, 2, 6];
      const [q, dy] = [cube('q', [batch, time, heads * e]), cube('dy', [batch, time, heads * e])];
      const [key, value] = [cube('k', [batch, time, groups * e]), cube('v', [batch, time, groups * e])];
      const seen = Int32Array.from({ length: batch * time }, (_, i) => Number(i >= 5 && i < batch * time - 9)); // left padding, and right
      const mask = tf.tensor2d(seen, [batch, time], 'int32');
      const weights = tf.reshape(tf.tensor1d(Float32Array.from(seen)), [batch, time, 1]);
      const { y, saved } = k.attention(q, key, value, mask, heads, groups);
      const { dq, dk, dv } = k.attentionGradient(q, key, value, mask, heads, groups, y, saved, tf.mul(dy, weights));
      return [host(tf.mul(y, weights)), host(tf.mul(dq, weights)), host(dk), host(dv)];
    },
  },
  'one token over a cache of several tiles': {
    allowed: 2e-5,
    compute(k) {
      const [batch, heads, groups, e, capacity] = [3, 4, 2, 70, 150];
      const caches = ['keys', 'values'].map((name) => tf.variable(cube(name, [batch, capacity, groups * e])) as tf.Variable<tf.Rank.R3>);
      const [keys, values] = caches as [tf.Variable<tf.Rank.R3>, tf.Variable<tf.Rank.R3>];
      const [q, key, value] = [matrix('q1', batch, heads * e), matrix('k1', batch, groups * e), matrix('v1', batch, groups * e)];
      const places = [Int32Array.of(0, 3, 149), Int32Array.of(128, 3, 149)] as const;
      const y = k.decodeAttention(q, key, value, keys as tf.Tensor3D, values as tf.Tensor3D, ...places, heads, groups);
      const result = [host(y), host(keys as tf.Tensor), host(values as tf.Tensor)];
      for (const cache of caches) cache.dispose();
      return result;
    },
  },
  'AdamW on three parameters, sums of squares, and entropy': {
    allowed: 2e-6,
    compute(k) {
      const sizes = [37, 9001, 5];
      const variables = (name: string) => sizes.map((size, i) => tf.variable(tf.abs(tf.tensor1d(normal(`${name}${i}`, size)))));
      const [p, m, v] = [variables('p'), variables('m'), variables('v')];
      const g = sizes.map((size, i) => tf.tensor1d(normal(`g${i}`, size)));
      const step = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-5, scale: 0.5, c1: 0.1, c2: 0.01 };
      const all = sizes.map((_, i) => ({ p: p[i]!, g: g[i]!, m: m[i]!, v: v[i]!, weightDecay: i === 1 ? 0.1 : 0 }));
      if (k.adamwOfAll) k.adamwOfAll(all, step);
      else for (const { weightDecay, ...one } of all) k.adamw(one.p, one.g, one.m, one.v, { ...step, weightDecay });
      const squares = k.sumOfSquaresOfAll ? k.sumOfSquaresOfAll(g) : g.reduce((sum, one) => sum + k.sumOfSquares(one), 0);
      const { entropy } = k.logProb(matrix('h', 5, 7), matrix('w', 300, 7), tf.tensor1d([0, 1, 2, 3, 299], 'int32'), 0.7);
      const result = [...[...p, ...m, ...v].map(host), Float32Array.of(squares / 10_000), host(entropy)];
      for (const variable of [...p, ...m, ...v]) variable.dispose();
      return result;
    },
  },
};

describe.skipIf(missing !== null)('kernels beyond one tile', { timeout: patience }, () => {
  const expected = new Map<string, Float32Array[]>();
  let backend: WebgpuBackend;
  beforeAll(async () => {
    const reference = await openReference();
    for (const [name, { compute }] of Object.entries(cases)) expected.set(name, tf.tidy(() => compute(composite)) as Float32Array[]);
    await reference.close();
    backend = await openTested();
  });
  afterAll(() => closeTested(backend));

  test.each(Object.keys(cases))('%s', (name) => {
    const { allowed, compute } = cases[name]!;
    const before = tf.memory().numTensors;
    const actual = tf.tidy(() => compute(backend.kernels as Kernels)) as Float32Array[];
    actual.forEach((values, i) => {
      expect(worstError(values, expected.get(name)![i]!), `output ${i}`).toBeLessThan(allowed);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([false, true])('products of many large tiles, weights transposed: %s', (transposed) => {
    const [rows, k, n] = [517, 70, 523];
    const [x, dy] = [normal('x', rows * k), normal('dy', rows * n)];
    const w = normal('w', k * n);
    const weight = (i: number, j: number) => w[transposed ? j * k + i : i * n + j]!;
    const bias = normal('b', n);
    const results = tf.tidy(() => {
      const shape: [number, number] = transposed ? [n, k] : [k, n];
      const [X, W, DY, B] = [tf.tensor2d(x, [rows, k]), tf.tensor2d(w, shape), tf.tensor2d(dy, [rows, n]), tf.tensor1d(bias)];
      const y = backend.kernels!.linear!(X, W, B, transposed);
      const { dx, dw, db } = backend.kernels!.linearGradient!(X, W, DY, transposed, { x: true, w: true, b: true });
      backend.kernels!.addLinear!(y, X, W, transposed);
      return { y: host(y), dx: host(dx!), dw: host(dw!), db: host(db!) };
    });
    const along = (length: number, term: (i: number) => number) => Array.from({ length }, (_, i) => term(i)).reduce((a, b) => a + b, 0);
    const samples = Array.from({ length: 60 }, (_, s) => [(s * 97) % rows, (s * 31) % k, (s * 89) % n, s] as const);
    for (const [r, i, j] of [...samples, [rows - 1, k - 1, n - 1] as const]) {
      expect(results.y[r * n + j]! - bias[j]! - 2 * along(k, (i) => x[r * k + i]! * weight(i, j))).toBeCloseTo(0, 4);
      expect(results.dx[r * k + i]! - along(n, (j) => dy[r * n + j]! * weight(i, j))).toBeCloseTo(0, 3);
      expect(results.dw[transposed ? j * k + i : i * n + j]! - along(rows, (r) => x[r * k + i]! * dy[r * n + j]!)).toBeCloseTo(0, 3);
      expect(results.db[j]! - along(rows, (r) => dy[r * n + j]!)).toBeCloseTo(0, 4);
    }
  });

  test('log-probabilities in chunks are those of one piece', () => {
    const run = ({ logProb, logProbGradient }: ReturnType<typeof logProbKernels>) =>
      tf.tidy(() => {
        const [h, head, ids] = [matrix('h', 11, 7), matrix('w', 40, 7), tf.range(0, 11, 1, 'int32')];
        const { logProbs, entropy } = logProb(h, head, ids, 0.9);
        const { dhidden, dhead } = logProbGradient(h, head, ids, 0.9, tf.tensor1d(normal('dy', 11)));
        expect(logProbGradient(h, head, ids, 0.9, logProbs, false).dhead).toBeNull();
        return [logProbs, entropy, dhidden, dhead!].map(host);
      });
    const whole = run(logProbKernels(backend.device));
    run(logProbKernels(backend.device, 4 * 40)).forEach((values, i) => {
      expect(worstError(values, whole[i]!)).toBeLessThan(2e-6);
    });
  });
});
