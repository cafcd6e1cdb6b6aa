// Attention of one new token a row over a cache, with what comes right before it: the norm of each head (Qwen3), its rotation, and the writing of keys and values.
import { sumsOf } from './linear';
import { Attend } from './tasks';
import { softmaxRow } from '../log-prob';
import { normForward } from '../norm';
import { rope } from '../rope';
import { at, fma, loadPart, splat, storePart } from '../vector';

/** scores[j] = query · keys[j], keys `step` bytes apart: four keys at a time. */
function scoresOf(query: usize, keys: usize, step: usize, count: i32, e: i32, scores: usize): void {
  for (let j = 0; j < count; j += 4) {
    const lanes = min(4, count - j);
    let k0 = keys + <usize>j * step;
    let k1 = lanes > 1 ? k0 + step : k0;
    let k2 = lanes > 2 ? k1 + step : k0;
    let k3 = lanes > 3 ? k2 + step : k0;
    let a = splat(0);
    let b = splat(0);
    let c = splat(0);
    let d = splat(0);
    let q = query;
    const pairs = at(query, e & ~7);
    while (q < pairs) {
      let v = v128.load(q);
      a = fma(v, v128.load(k0), a);
      b = fma(v, v128.load(k1), b);
      c = fma(v, v128.load(k2), c);
      d = fma(v, v128.load(k3), d);
      v = v128.load(q, 16);
      a = fma(v, v128.load(k0, 16), a);
      b = fma(v, v128.load(k1, 16), b);
      c = fma(v, v128.load(k2, 16), c);
      d = fma(v, v128.load(k3, 16), d);
      q += 32;
      k0 += 32;
      k1 += 32;
      k2 += 32;
      k3 += 32;
    }
    if (e & 4) {
      const v = v128.load(q);
      a = fma(v, v128.load(k0), a);
      b = fma(v, v128.load(k1), b);
      c = fma(v, v128.load(k2), c);
      d = fma(v, v128.load(k3), d);
      q += 16;
      k0 += 16;
      k1 += 16;
      k2 += 16;
      k3 += 16;
    }
    const rest = e & 3;
    if (rest) {
      const v = loadPart(q, rest);
      a = fma(v, loadPart(k0, rest), a);
      b = fma(v, loadPart(k1, rest), b);
      c = fma(v, loadPart(k2, rest), c);
      d = fma(v, loadPart(k3, rest), d);
    }
    if (lanes == 4) v128.store(at(scores, j), sumsOf(a, b, c, d));
    else storePart(at(scores, j), sumsOf(a, b, c, d), lanes);
  }
}

/** out [e] = Σ weights[j]·rows[j], rows `step` bytes apart, in two chains (even and odd j) of 16 numbers. */
function mix(weights: usize, count: i32, rows: usize, step: usize, out: usize, e: i32): void {
  let i = 0;
  for (; i + 16 <= e; i += 16) {
    let a0 = splat(0);
    let a1 = splat(0);
    let a2 = splat(0);
    let a3 = splat(0);
    let b0 = splat(0);
    let b1 = splat(0);
    let b2 = splat(0);
    let b3 = splat(0);
    let row = at(rows, i);
    let j = 0;
    for (; j + 2 <= count; j += 2) {
      let weight = v128.load32_splat(at(weights, j));
      a0 = fma(weight, v128.load(row), a0);
      a1 = fma(weight, v128.load(row, 16), a1);
      a2 = fma(weight, v128.load(row, 32), a2);
      a3 = fma(weight, v128.load(row, 48), a3);
      row += step;
      weight = v128.load32_splat(at(weights, j), 4);
      b0 = fma(weight, v128.load(row), b0);
      b1 = fma(weight, v128.load(row, 16), b1);
      b2 = fma(weight, v128.load(row, 32), b2);
      b3 = fma(weight, v128.load(row, 48), b3);
      row += step;
    }
    if (j < count) {
      const weight = v128.load32_splat(at(weights, j));
      a0 = fma(weight, v128.load(row), a0);
      a1 = fma(weight, v128.load(row, 16), a1);
      a2 = fma(weight, v128.load(row, 32), a2);
      a3 = fma(weight, v128.load(row, 48), a3);
    }
    const to = at(out, i);
    v128.store(to, f32x4.add(a0, b0));
    v128.store(to, f32x4.add(a1, b1), 16);
    v128.store(to, f32x4.add(a2, b2), 32);
    v128.store(to, f32x4.add(a3, b3), 48);
  }
  for (; i < e; i += 4) {
    const lanes = min(4, e - i);
    let sum = splat(0);
    let row = at(rows, i);
    for (let j = 0; j < count; j++) {
      sum = fma(v128.load32_splat(at(weights, j)), lanes == 4 ? v128.load(row) : loadPart(row, lanes), sum);
      row += step;
    }
    if (lanes == 4) v128.store(at(out, i), sum);
    else storePart(at(out, i), sum, lanes);
  }
}

/** Norms and turns `heads` heads of row `r` at x, in place. */
@inline
function place(task: Attend, x: usize, gain: usize, heads: i32, r: i32, scratch: usize): void {
  if (gain) normForward(0, heads, 0, x, gain, 0, x, scratch, task.width, task.epsilon, false);
  if (task.cos) rope(0, 1, 0, x, x, task.cos, task.sin, at(task.positions, r), heads, task.width, 1);
}

export function attend(task: Attend, tile: i32, scratch: usize): void {
  const groups = task.groups;
  const e = task.width;
  const share = task.heads / groups;
  const span = (task.heads + 2 * groups) * e;
  const bytes = (<usize>e) << 2;
  const scale: f32 = 1 / sqrt<f32>(<f32>e);
  const last = min((tile + 1) * task.items, task.rows * groups);
  for (let item = tile * task.items; item < last; item++) {
    const r = item / groups;
    const g = item % groups;
    const query = at(task.qkv, r * span + g * share * e);
    const key = at(task.qkv, r * span + (task.heads + g) * e);
    const value = at(key, groups * e);
    place(task, query, task.qGain, share, r, scratch);
    place(task, key, task.kGain, 1, r, scratch);
    const position = load<i32>(at(task.positions, r));
    const cache = (<usize>load<i32>(at(task.slots, r)) * <usize>groups + <usize>g) * <usize>task.capacity * bytes;
    const keys = task.keys + cache;
    const values = task.values + cache;
    memory.copy(keys + <usize>position * bytes, key, bytes);
    memory.copy(values + <usize>position * bytes, value, bytes);
    const count = position + 1;
    for (let h = 0; h < share; h++) {
      scoresOf(at(query, h * e), keys, bytes, count, e, scratch);
      softmaxRow(scratch, count, scale);
      mix(scratch, count, values, bytes, at(task.y, (r * task.heads + g * share + h) * e), e);
    }
  }
}

/**
 * Items `begin` to `end` of B·G: keys or values [B·T, G·E] of whole prompts into a cache [S, G, C, E], those of prompt b into slot `slots[b]`, from position 0 on. A group's
 * positions lie behind one another, in the order in which a step reads them.
 */
export function storePrompts(
  begin: i32,
  end: i32,
  scratch: usize,
  from: usize,
  slots: usize,
  cache: usize,
  time: i32,
  capacity: i32,
  groups: i32,
  e: i32,
): void {
  const bytes = (<usize>e) << 2;
  for (let item = begin; item < end; item++) {
    const b = item / groups;
    const g = item % groups;
    let to = cache + (<usize>load<i32>(at(slots, b)) * <usize>groups + <usize>g) * <usize>capacity * bytes;
    let source = from + (<usize>(b * time) * <usize>groups + <usize>g) * bytes;
    for (let t = 0; t < time; t++) {
      memory.copy(to, source, bytes);
      to += bytes;
      source += <usize>groups * bytes;
    }
  }
}
