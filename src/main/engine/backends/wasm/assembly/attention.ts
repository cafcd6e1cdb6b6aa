// Causal attention with grouped queries. Scores exist for one block of queries at a time; the gradient computes them again from the saved log Σ e^score
// (the recomputation of Dao et al., arXiv 2205.14135, without its online softmax: a block's scores against all keys fit the cache).
// Everything is counted from the first token that is not padding, so a row's bits do not depend on how far its batch was padded.
import { GEMM_SCRATCH, multiply } from './gemm';
import { softmaxRow } from './log-prob';
import { at, exp4, fma, loadPart, splat, storePart, sumOf } from './vector';

/** Queries of a block. */
const BLOCK: i32 = 32;
/** Stands for −∞ in a masked score: e^ of it, scaled, is zero in float32 next to any score that occurs, and it never becomes NaN. */
const MASKED: f32 = -1e30;

@inline
function dot(a: usize, b: usize, n: i32): f32 {
  let sum = splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) sum = fma(v128.load(at(a, i)), v128.load(at(b, i)), sum);
  if (i < n) sum = fma(loadPart(at(a, i), n - i), loadPart(at(b, i), n - i), sum);
  return sumOf(sum);
}

/** Rows `from` to `to` of one head of a matrix whose rows are `ld` floats apart become zero. */
function clearRows(base: usize, from: i32, to: i32, ld: i32, width: i32): void {
  for (let t = from; t < to; t++) memory.fill(at(base, t * ld), 0, (<usize>width) << 2);
}

/** Index of the first 1 of a row's mask, or `t` where there is none. */
function firstOf(mask: usize, t: i32): i32 {
  let i = 0;
  while (i < t && load<i32>(at(mask, i)) == 0) i++;
  return i;
}

/** Index after the last 1 of a row's mask. */
function endOf(mask: usize, t: i32): i32 {
  while (t > 0 && load<i32>(at(mask, t - 1)) == 0) t--;
  return t;
}

/** Scores of padding between tokens (a mask may have holes) are set to −∞. */
@inline
function hide(scores: usize, mask: usize, count: i32): void {
  for (let j = 0; j < count; j++) if (load<i32>(at(mask, j)) == 0) store<f32>(at(scores, j), MASKED);
}

function holes(mask: usize, first: i32, end: i32): bool {
  for (let i = first; i < end; i++) if (load<i32>(at(mask, i)) == 0) return true;
  return false;
}

/** Items `begin` to `end` of B·H. y [B, T, H·E]; `logSums` [B, H, T] is log Σ e^score of each query. Rows of padding around the tokens become zero. */
export function attentionForward(
  begin: i32,
  end: i32,
  scratch: usize,
  q: usize,
  k: usize,
  v: usize,
  mask: usize,
  y: usize,
  logSums: usize,
  t: i32,
  heads: i32,
  groups: i32,
  e: i32,
): void {
  const scale: f32 = 1 / sqrt<f32>(<f32>e);
  const scores = at(scratch, GEMM_SCRATCH);
  const qStep = heads * e;
  const kStep = groups * e;
  for (let item = begin; item < end; item++) {
    const b = item / heads;
    const h = item % heads;
    const g = h / (heads / groups);
    const row = at(mask, b * t);
    const first = firstOf(row, t);
    const last = endOf(row, t);
    const sums = at(logSums, item * t);
    const queries = at(q, b * t * qStep + h * e);
    const keys = at(k, (b * t + first) * kStep + g * e);
    const values = at(v, (b * t + first) * kStep + g * e);
    const out = at(y, b * t * qStep + h * e);
    memory.fill(sums, 0, (<usize>t) << 2);
    clearRows(out, 0, min(first, t), qStep, e);
    clearRows(out, max(last, first), t, qStep, e);
    const broken = holes(row, first, last);
    const ld = last - first;
    for (let i0 = first; i0 < last; i0 += BLOCK) {
      const rows = min(BLOCK, last - i0);
      const seen = i0 + rows - first;
      multiply(at(queries, i0 * qStep), qStep, false, keys, kStep, true, scores, ld, rows, seen, e, 0, false, scratch);
      for (let r = 0; r < rows; r++) {
        const line = at(scores, r * ld);
        const count = i0 + r - first + 1;
        if (broken) hide(line, at(row, first), count);
        store<f32>(at(sums, i0 + r), softmaxRow(line, count, scale));
        memory.fill(at(line, count), 0, (<usize>(seen - count)) << 2);
      }
      multiply(scores, ld, false, values, kStep, false, at(out, i0 * qStep), qStep, rows, e, seen, 0, false, scratch);
    }
  }
}

/** A row of P = e^(scale·score − logSum), then of dS = P·(dP − δ)·scale, from scores and dP in place. */
@inline
function scoreGradients(scores: usize, slopes: usize, count: i32, logSum: f32, delta: f32, scale: f32): void {
  const sums = splat(logSum);
  const deltas = splat(delta);
  const scales = splat(scale);
  let j = 0;
  for (; j + 4 <= count; j += 4) {
    const p = exp4(f32x4.sub(f32x4.mul(v128.load(at(scores, j)), scales), sums));
    v128.store(at(scores, j), p);
    v128.store(at(slopes, j), f32x4.mul(f32x4.mul(p, scales), f32x4.sub(v128.load(at(slopes, j)), deltas)));
  }
  if (j < count) {
    const lanes = count - j;
    const p = exp4(f32x4.sub(f32x4.mul(loadPart(at(scores, j), lanes), scales), sums));
    storePart(at(scores, j), p, lanes);
    storePart(at(slopes, j), f32x4.mul(f32x4.mul(p, scales), f32x4.sub(loadPart(at(slopes, j), lanes), deltas)), lanes);
  }
}

/** Items `begin` to `end` of B·G: a thread owns a group's keys and values, hence their gradients, whole. δ of a query is Σ dy·y. */
export function attentionBackward(
  begin: i32,
  end: i32,
  scratch: usize,
  q: usize,
  k: usize,
  v: usize,
  mask: usize,
  y: usize,
  logSums: usize,
  dy: usize,
  dq: usize,
  dk: usize,
  dv: usize,
  t: i32,
  heads: i32,
  groups: i32,
  e: i32,
): void {
  const scale: f32 = 1 / sqrt<f32>(<f32>e);
  const scores = at(scratch, GEMM_SCRATCH);
  const slopes = at(scores, BLOCK * t);
  const qStep = heads * e;
  const kStep = groups * e;
  const share = heads / groups;
  for (let item = begin; item < end; item++) {
    const b = item / groups;
    const g = item % groups;
    const row = at(mask, b * t);
    const first = firstOf(row, t);
    const last = endOf(row, t);
    const broken = holes(row, first, last);
    const ld = last - first;
    const group = b * t * kStep + g * e;
    clearRows(at(dk, group), 0, t, kStep, e);
    clearRows(at(dv, group), 0, t, kStep, e);
    const start = group + first * kStep;
    for (let h = g * share; h < (g + 1) * share; h++) {
      const head = b * t * qStep + h * e;
      clearRows(at(dq, head), 0, min(first, t), qStep, e);
      clearRows(at(dq, head), max(last, first), t, qStep, e);
      const sums = at(logSums, (b * heads + h) * t);
      for (let i0 = first; i0 < last; i0 += BLOCK) {
        const rows = min(BLOCK, last - i0);
        const seen = i0 + rows - first;
        const block = head + i0 * qStep;
        multiply(at(q, block), qStep, false, at(k, start), kStep, true, scores, ld, rows, seen, e, 0, false, scratch);
        multiply(at(dy, block), qStep, false, at(v, start), kStep, true, slopes, ld, rows, seen, e, 0, false, scratch);
        for (let r = 0; r < rows; r++) {
          const line = at(scores, r * ld);
          const slope = at(slopes, r * ld);
          const count = i0 + r - first + 1;
          const unseen = (<usize>(seen - count)) << 2;
          if (broken) hide(line, at(row, first), count);
          const delta = dot(at(dy, block + r * qStep), at(y, block + r * qStep), e);
          scoreGradients(line, slope, count, load<f32>(at(sums, i0 + r)), delta, scale);
          memory.fill(at(line, count), 0, unseen);
          memory.fill(at(slope, count), 0, unseen);
        }
        multiply(scores, ld, true, at(dy, block), qStep, false, at(dv, start), kStep, seen, e, rows, 0, true, scratch);
        multiply(slopes, ld, true, at(q, block), qStep, false, at(dk, start), kStep, seen, e, rows, 0, true, scratch);
        multiply(slopes, ld, false, at(k, start), kStep, false, at(dq, block), qStep, rows, e, seen, 0, false, scratch);
      }
    }
  }
}

/** out [E] = Σ weights[j]·rows[j], rows `step` bytes apart: four sums at a time, because one alone waits for each of its additions. */
@inline
function mix(weights: usize, count: i32, rows: usize, step: usize, out: usize, e: i32): void {
  let i = 0;
  for (; i + 16 <= e; i += 16) {
    let a = splat(0);
    let b = splat(0);
    let c = splat(0);
    let d = splat(0);
    let row = at(rows, i);
    for (let j = 0; j < count; j++) {
      const weight = v128.load32_splat(at(weights, j));
      a = fma(weight, v128.load(row), a);
      b = fma(weight, v128.load(row, 16), b);
      c = fma(weight, v128.load(row, 32), c);
      d = fma(weight, v128.load(row, 48), d);
      row += step;
    }
    v128.store(at(out, i), a);
    v128.store(at(out, i), b, 16);
    v128.store(at(out, i), c, 32);
    v128.store(at(out, i), d, 48);
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

/**
 * Items `begin` to `end` of B·G: one new token a row. Its key and value go into the caches [B, C, G·E] at position[b]; its queries see cache rows
 * from[b] … position[b]. y [B, H·E]. Rows of q are `qRow` floats apart, those of k and v `kRow`: they may lie side by side in one tensor.
 */
export function attentionDecode(
  begin: i32,
  end: i32,
  scratch: usize,
  q: usize,
  k: usize,
  v: usize,
  keys: usize,
  values: usize,
  from: usize,
  position: usize,
  y: usize,
  qRow: i32,
  kRow: i32,
  capacity: i32,
  heads: i32,
  groups: i32,
  e: i32,
): void {
  const scale: f32 = 1 / sqrt<f32>(<f32>e);
  const scores = at(scratch, GEMM_SCRATCH);
  const kStep = groups * e;
  const bytes = (<usize>e) << 2;
  const share = heads / groups;
  for (let item = begin; item < end; item++) {
    const b = item / groups;
    const g = item % groups;
    const first = load<i32>(at(from, b));
    const last = load<i32>(at(position, b));
    const cache = b * capacity * kStep + g * e;
    memory.copy(at(keys, cache + last * kStep), at(k, b * kRow + g * e), bytes);
    memory.copy(at(values, cache + last * kStep), at(v, b * kRow + g * e), bytes);
    const count = last - first + 1;
    const start = cache + first * kStep;
    for (let h = g * share; h < (g + 1) * share; h++) {
      const head = (b * heads + h) * e;
      const query = at(q, b * qRow + h * e);
      for (let j = 0; j < count; j++) store<f32>(at(scores, j), dot(query, at(keys, start + j * kStep), e));
      softmaxRow(scores, count, scale);
      mix(scores, count, at(values, start), (<usize>kStep) << 2, at(y, head), e);
    }
  }
}

/** Floats of scratch a thread needs for rows of `t` tokens. */
export function attentionScratch(t: i32): i32 {
  return GEMM_SCRATCH + 2 * BLOCK * t;
}
