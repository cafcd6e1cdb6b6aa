import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Kernels } from '#engine/backends/kernels.ts';
import { openWasm } from '#engine/backends/wasm/open.ts';
import { array } from './numbers.ts';
import { expectClose, onAnyThreads, slopes } from './support.ts';

interface Case {
  name: string;
  heads: number;
  groups: number;
  width: number;
  /** One string a row: 1 a token, 0 padding. */
  mask: string[];
}

const cases: Case[] = [
  { name: 'one token', heads: 1, groups: 1, width: 1, mask: ['1'] },
  { name: 'right and left padding', heads: 2, groups: 2, width: 3, mask: ['11110', '00111', '11111'] },
  { name: 'grouped queries, holes, a row of padding only', heads: 4, groups: 2, width: 6, mask: ['0110110', '0000000', '1111111'] },
  {
    name: 'one group, several blocks of queries',
    heads: 3,
    groups: 1,
    width: 8,
    mask: [`${'0'.repeat(4)}${'1'.repeat(67)}`, '1'.repeat(71)],
  },
];

/** Attention of each token over the tokens up to it, in float64; zero in rows that are padding. */
function attention(q: ArrayLike<number>, k: ArrayLike<number>, v: ArrayLike<number>, { heads, groups, width, mask }: Case): Float64Array {
  const length = mask[0]!.length;
  const y = new Float64Array(q.length);
  mask.forEach((row, b) => {
    for (let h = 0; h < heads; h++) {
      const g = Math.floor(h / (heads / groups));
      const query = (t: number) => ((b * length + t) * heads + h) * width;
      const key = (t: number) => ((b * length + t) * groups + g) * width;
      for (let i = 0; i < length; i++) {
        if (row[i] === '0') continue;
        const seen = Array.from({ length: i + 1 }, (_, j) => j).filter((j) => row[j] === '1');
        const scores = seen.map((j) => {
          let score = 0;
          for (let e = 0; e < width; e++) score += q[query(i) + e]! * k[key(j) + e]!;
          return score / Math.sqrt(width);
        });
        const top = Math.max(...scores);
        const weights = scores.map((score) => Math.exp(score - top));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        seen.forEach((j, n) => {
          for (let e = 0; e < width; e++) y[query(i) + e]! += (weights[n]! / total) * v[key(j) + e]!;
        });
      }
    }
  });
  return y;
}

function inputs({ heads, groups, width, mask }: Case) {
  const tokens = mask.length * mask[0]!.length;
  const dy = array(tokens * heads * width, 64);
  // Losses never look at padding, so its gradient from above is zero.
  mask.forEach((row, b) => {
    [...row].forEach((bit, t) => {
      if (bit === '0') dy.fill(0, (b * row.length + t) * heads * width, (b * row.length + t + 1) * heads * width);
    });
  });
  return { q: array(tokens * heads * width, 61, 2), k: array(tokens * groups * width, 62, 2), v: array(tokens * groups * width, 63), dy };
}

const asMask = (mask: string[]) =>
  tf.tensor2d(
    mask.map((row) => [...row].map(Number)),
    [mask.length, mask[0]!.length],
    'int32',
  );

describe.each(cases)('attention: $name', (one) => {
  test('equals the loops, forward and gradient', async () => {
    const { heads, groups, width, mask } = one;
    const [batch, length] = [mask.length, mask[0]!.length];
    const { q, k, v, dy } = inputs(one);
    const out = await onAnyThreads((kernels) => {
      const qt = tf.tensor3d(q, [batch, length, heads * width]);
      const [kt, vt] = [k, v].map((values) => tf.tensor3d(values, [batch, length, groups * width]));
      const dyt = tf.tensor3d(dy, [batch, length, heads * width]);
      const { y, saved } = kernels.attention(qt, kt!, vt!, asMask(mask), heads, groups);
      return { y, ...kernels.attentionGradient(qt, kt!, vt!, asMask(mask), heads, groups, y, saved, dyt) };
    });
    for (const values of Object.values(out)) expect(values.every(Number.isFinite)).toBe(true);
    const expected = attention(q, k, v, one);
    const real = out.y!.map((value, i) => (mask.join('')[Math.floor(i / (heads * width))] === '0' ? 0 : value));
    expectClose(real, expected, 3e-6);
    if (length > 20) return sampledSlopes(one, out);
    expectClose(
      out.dq!,
      slopes(q, dy, (point) => attention(point, k, v, one)),
      2e-5,
    );
    expectClose(
      out.dk!,
      slopes(k, dy, (point) => attention(q, point, v, one)),
      2e-5,
    );
    expectClose(
      out.dv!,
      slopes(v, dy, (point) => attention(q, k, point, one)),
      2e-5,
    );
  });
});

/** Every 97th slope of a large case: all of them would take minutes. */
function sampledSlopes(one: Case, out: Record<string, Float32Array>): void {
  const { q, k, v, dy } = inputs(one);
  const at = (name: 'q' | 'k' | 'v', index: number): number => {
    const point = { q: Float64Array.from(q), k: Float64Array.from(k), v: Float64Array.from(v) };
    const total = (shift: number): number => {
      point[name][index]! += shift;
      const y = attention(point.q, point.k, point.v, one);
      point[name][index]! -= shift;
      return y.reduce((sum, value, i) => sum + value * dy[i]!, 0);
    };
    return (total(1e-5) - total(-1e-5)) / 2e-5;
  };
  for (const name of ['q', 'k', 'v'] as const) {
    const indices = Array.from({ length: Math.floor({ q, k, v }[name].length / 97) }, (_, i) => i * 97);
    expectClose(
      indices.map((i) => out[`d${name}`]![i]!),
      indices.map((i) => at(name, i)),
      2e-5,
    );
  }
}

test('q, k and v side by side in one tensor give the bits that three tensors give', async () => {
  const [batch, length, heads, groups, width] = [2, 37, 4, 2, 6];
  const [inQ, inK] = [heads * width, groups * width];
  const qkv = array(batch * length * (inQ + 2 * inK), 69, 2);
  const dy = array(batch * length * inQ, 70);
  const backend = await openWasm(2, 1);
  const mask = asMask(['1'.repeat(length), `${'0'.repeat(5)}${'1'.repeat(length - 7)}00`]);
  const { attention, attentionGradient, attentionOfOne, attentionOfOneGradient } = backend.kernels as Kernels;
  const one = tf.tensor3d(qkv, [batch, length, inQ + 2 * inK]);
  const [q, k, v] = tf.split(one, [inQ, inK, inK], 2) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  const slopes = tf.tensor3d(dy, [batch, length, inQ]);
  const three = attention(q, k, v, mask, heads, groups);
  const { dq, dk, dv } = attentionGradient(q, k, v, mask, heads, groups, three.y, three.saved, slopes);
  const { y, saved } = attentionOfOne!(one, mask, heads, groups);
  const dqkv = attentionOfOneGradient!(one, mask, heads, groups, y, saved, slopes);
  expect(y.dataSync()).toEqual(three.y.dataSync());
  expect(dqkv.dataSync()).toEqual(tf.concat([dq, dk, dv], 2).dataSync());
  await backend.close();
});

test('a row has the same bits however far its batch is padded on the left', async () => {
  const [length, heads, groups, width] = [43, 4, 2, 8];
  const tensors = { q: array(length * heads * width, 65), k: array(length * groups * width, 66), v: array(length * groups * width, 67) };
  const backend = await openWasm(2, 1);
  const run = (padding: number): Float32Array => {
    const padded = (values: Float32Array) => {
      const row = values.length / length;
      const all = array(padding * row + values.length, 68);
      all.set(values, padding * row);
      return tf.tensor3d(all, [1, padding + length, row]);
    };
    const mask = asMask([`${'0'.repeat(padding)}${'1'.repeat(length)}`]);
    const { y } = backend.kernels!.attention!(padded(tensors.q), padded(tensors.k), padded(tensors.v), mask, heads, groups);
    return y.dataSync().slice(padding * heads * width) as Float32Array;
  };
  for (const padding of [1, 5, 32]) expect(run(padding)).toEqual(run(0));
  await backend.close();
});

test.each([6, 16, 35])('decoding token by token on a cache equals attention over the whole, heads of %i', async (headWidth) => {
  const one: Case = { name: '', heads: 4, groups: 2, width: headWidth, mask: ['0011111', '1111111'] };
  const [batch, length, heads, groups, width] = [2, 7, one.heads, one.groups, one.width];
  const capacity = 9;
  const { q, k, v } = inputs(one);
  const expected = attention(q, k, v, one);
  const step = (values: Float32Array, row: number, t: number): Float32Array => {
    const rows = Array.from({ length: batch }, (_, b) => values.slice((b * length + t) * row, (b * length + t + 1) * row));
    return Float32Array.from(rows.flatMap((values) => [...values]));
  };
  const out = await onAnyThreads((kernels) => {
    const keys = tf.fill<tf.Rank.R3>([batch, capacity, groups * width], 9);
    const values = tf.fill<tf.Rank.R3>([batch, capacity, groups * width], 9);
    const outputs: Record<string, tf.Tensor> = { keys, values };
    for (let t = 0; t < length; t++) {
      const from = Int32Array.of(Math.min(2, t), 0);
      const [kt, vt] = [k, v].map((values) => tf.tensor2d(step(values, groups * width, t), [batch, groups * width]));
      const qt = tf.tensor2d(step(q, heads * width, t), [batch, heads * width]);
      outputs[`y${t}`] = kernels.decodeAttention(qt, kt!, vt!, keys, values, from, Int32Array.of(t, t), heads, groups);
    }
    return outputs;
  });
  for (let t = 2; t < length; t++) {
    const wanted = [0, 1].flatMap((b) => [...expected.slice((b * length + t) * heads * width, (b * length + t + 1) * heads * width)]);
    expectClose(out[`y${t}`]!, wanted, 3e-6);
  }
  const cached = (values: Float32Array) => {
    const row = groups * width;
    return [0, 1].flatMap((b) => [...values.slice(b * length * row, (b + 1) * length * row), ...Array(row * (capacity - length)).fill(9)]);
  };
  expectClose(out.keys!, cached(k), 0);
  expectClose(out.values!, cached(v), 0);
});

test('a step beyond the cache is refused', async () => {
  const backend = await openWasm(1);
  const row = tf.zeros<tf.Rank.R2>([1, 4]);
  const cache = tf.zeros<tf.Rank.R3>([1, 3, 4]);
  const decode = (from: number, position: number) =>
    backend.kernels!.decodeAttention!(row, row, row, cache, cache, Int32Array.of(from), Int32Array.of(position), 1, 1);
  for (const [from, position] of [
    [0, 3],
    [-1, 0],
    [2, 1],
  ] as const)
    expect(() => decode(from, position)).toThrow(RangeError);
  await backend.close();
});
