// Attention of one new token a row over a cache.
import { dot } from './attention';
import { GEMM_SCRATCH } from './gemm';
import { softmaxRow } from './log-prob';
import { at, fma, loadPart, splat, storePart } from './vector';

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
