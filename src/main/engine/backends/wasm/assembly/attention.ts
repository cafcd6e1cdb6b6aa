// Causal attention with grouped queries. Scores exist for few queries at a time; the gradient computes them again from the saved log Σ e^score
// (the recomputation of Dao et al., arXiv 2205.14135, without its online softmax: a block's scores against all keys fit the cache).
// Everything is counted from the first token that is not padding, so a row's bits do not depend on how far its batch was padded.
import { GEMM_SCRATCH, multiplyPanels, packWhole, panelFloats } from './gemm';
import { softmaxRow } from './log-prob';
import { KEPT_TILE, PANEL } from './tile';
import { at, clearFloats, exp4, fma, loadPart, loadUpTo, splat, storeUpTo, sumOf, VECTOR } from './vector';

/** Queries that are scored together: scores beyond the last of them are not computed. */
const STRIP: i32 = 16;
/** Queries whose part of the gradients of keys and values is one product. */
const BLOCK: i32 = 64;
/** Stands for −∞ in a masked score: e^ of it, scaled, is zero in float32 next to any score that occurs, and it never becomes NaN. */
const MASKED: f32 = -1e30;

/** Σ a·b of `n` floats. */
@inline
export function dot(a: usize, b: usize, n: i32): f32 {
  let sum = splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) sum = fma(v128.load(at(a, i)), v128.load(at(b, i)), sum);
  if (i < n) sum = fma(loadPart(at(a, i), n - i), loadPart(at(b, i), n - i), sum);
  return sumOf(sum);
}

/** Rows `from` to `to` of one head of a matrix whose rows are `ld` floats apart become zero. */
function clearRows(base: usize, from: i32, to: i32, ld: i32, width: i32): void {
  for (let t = from; t < to; t++) clearFloats(at(base, t * ld), width);
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

/**
 * Items `begin` to `end` of B·G. Rows of q are `qStep` floats apart, those of k and v `kStep`: the three may lie side by side in one tensor. y [B, T, H·E]; `logSums` [B, H, T] is
 * log Σ e^score of each query. Rows of padding around the tokens become zero.
 */
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
  qStep: i32,
  kStep: i32,
  t: i32,
  heads: i32,
  groups: i32,
  e: i32,
): void {
  const scale: f32 = 1 / sqrt<f32>(<f32>e);
  const keys = at(scratch, KEPT_TILE);
  const values = at(keys, panelFloats(e, t));
  const scores = at(values, panelFloats(t, e));
  const ofKeys = (<usize>(e * PANEL)) << 2; // bytes of a panel
  const yStep = heads * e;
  const share = heads / groups;
  for (let item = begin; item < end; item++) {
    const b = item / groups;
    const g = item % groups;
    const row = at(mask, b * t);
    const first = firstOf(row, t);
    const count = endOf(row, t) - first;
    const broken = holes(row, first, first + count);
    const group = (b * t + first) * kStep + g * e;
    if (count > 0) {
      packWhole(at(k, group), kStep, true, e, count, keys);
      packWhole(at(v, group), kStep, false, count, e, values);
    }
    const ofValues = (<usize>(count * PANEL)) << 2;
    const ld = lineOf(count);
    const line = (<usize>ld) << 2;
    for (let h = g * share; h < (g + 1) * share; h++) {
      const sums = at(logSums, (b * heads + h) * t);
      clearFloats(sums, t);
      clearAround(at(y, b * t * yStep + h * e), first, count, t, yStep, e);
      for (let i0 = 0; i0 < count; i0 += STRIP) {
        const rows = min(STRIP, count - i0);
        const seen = i0 + rows;
        const position = b * t + first + i0;
        const queries = at(q, position * qStep + h * e);
        multiplyPanels(queries, (<usize>qStep) << 2, 4, keys, ofKeys, e, scores, line, rows, panelsOf(seen), 0, scratch);
        for (let r = 0; r < rows; r++) {
          const own = scores + <usize>r * line;
          const visible = i0 + r + 1;
          if (broken) hide(own, at(row, first), visible);
          store<f32>(at(sums, first + i0 + r), softmaxRow(own, visible, scale));
          clearFloats(at(own, visible), seen - visible);
        }
        const out = at(y, position * yStep + h * e);
        multiplyPanels(scores, line, 4, values, ofValues, seen, out, (<usize>yStep) << 2, rows, e, 0, scratch);
      }
    }
  }
}

/** Floats from one line of scores to the next: whole tiles, and no multiple of what falls on the same places of the first cache. */
@inline
function lineOf(count: i32): i32 {
  return panelsOf(count) + PANEL;
}

/** `count` in whole panels. */
@inline
function panelsOf(count: i32): i32 {
  return (count + PANEL - 1) & ~(PANEL - 1);
}

/** Rows of one head before and after the `count` tokens from `first` on become zero. */
function clearAround(base: usize, first: i32, count: i32, t: i32, ld: i32, width: i32): void {
  clearRows(base, 0, min(first, t), ld, width);
  clearRows(base, first + max(count, 0), t, ld, width);
}

/** A row of P = e^(scale·score − logSum), and of dS = P·(dP − δ)·scale, from scores and dP in place. */
@inline
function scoreGradients(scores: usize, slopes: usize, count: i32, logSum: f32, delta: f32, scale: f32): void {
  const sums = splat(logSum);
  const deltas = splat(delta);
  const scales = splat(scale);
  let j = 0;
  for (; j + 8 <= count; j += 8) {
    const p0 = exp4(f32x4.sub(f32x4.mul(v128.load(at(scores, j)), scales), sums));
    const p1 = exp4(f32x4.sub(f32x4.mul(v128.load(at(scores, j), 16), scales), sums));
    const s0 = f32x4.mul(f32x4.mul(p0, scales), f32x4.sub(v128.load(at(slopes, j)), deltas));
    const s1 = f32x4.mul(f32x4.mul(p1, scales), f32x4.sub(v128.load(at(slopes, j), 16), deltas));
    v128.store(at(scores, j), p0);
    v128.store(at(scores, j), p1, 16);
    v128.store(at(slopes, j), s0);
    v128.store(at(slopes, j), s1, 16);
  }
  for (; j < count; j += 4) {
    const lanes = min(4, count - j);
    const p = exp4(f32x4.sub(f32x4.mul(loadUpTo(at(scores, j), lanes), scales), sums));
    const s = f32x4.mul(f32x4.mul(p, scales), f32x4.sub(loadUpTo(at(slopes, j), lanes), deltas));
    storeUpTo(at(scores, j), p, lanes);
    storeUpTo(at(slopes, j), s, lanes);
  }
}

/**
 * Items `begin` to `end` of B·G: a thread owns a group's keys and values, hence their gradients, whole. δ of a query is Σ dy·y. dq, dk and dv lie as q, k and v do; rows of y and dy
 * are H·E floats.
 */
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
  qStep: i32,
  kStep: i32,
  t: i32,
  heads: i32,
  groups: i32,
  e: i32,
): void {
  const scale: f32 = 1 / sqrt<f32>(<f32>e);
  const keysAcross = at(scratch, KEPT_TILE);
  const valuesAcross = at(keysAcross, panelFloats(e, t));
  const keys = at(valuesAcross, panelFloats(e, t));
  const blockQueries = at(keys, panelFloats(t, e));
  const blockSlopes = at(blockQueries, panelFloats(BLOCK, e));
  const scores = at(blockSlopes, panelFloats(BLOCK, e));
  const slopes = at(scores, BLOCK * lineOf(t));
  const ofAcross = (<usize>(e * PANEL)) << 2; // bytes of a panel
  const yStep = heads * e;
  const qBytes = (<usize>qStep) << 2;
  const kBytes = (<usize>kStep) << 2;
  const share = heads / groups;
  for (let item = begin; item < end; item++) {
    const b = item / groups;
    const g = item % groups;
    const row = at(mask, b * t);
    const first = firstOf(row, t);
    const count = endOf(row, t) - first;
    const broken = holes(row, first, first + count);
    clearRows(at(dk, b * t * kStep + g * e), 0, t, kStep, e);
    clearRows(at(dv, b * t * kStep + g * e), 0, t, kStep, e);
    const group = (b * t + first) * kStep + g * e;
    if (count > 0) {
      packWhole(at(k, group), kStep, true, e, count, keysAcross);
      packWhole(at(v, group), kStep, true, e, count, valuesAcross);
      packWhole(at(k, group), kStep, false, count, e, keys);
    }
    const ofKeys = (<usize>(count * PANEL)) << 2;
    const line = (<usize>lineOf(count)) << 2;
    for (let h = g * share; h < (g + 1) * share; h++) {
      const sums = at(logSums, (b * heads + h) * t + first);
      clearAround(at(dq, b * t * qStep + h * e), first, count, t, qStep, e);
      for (let j0 = 0; j0 < count; j0 += BLOCK) {
        const size = min(BLOCK, count - j0);
        const most = panelsOf(j0 + size);
        for (let i0 = j0; i0 < j0 + size; i0 += STRIP) {
          const rows = min(STRIP, j0 + size - i0);
          const seen = i0 + rows;
          const position = b * t + first + i0;
          const ofQuery = position * qStep + h * e;
          const ofOutput = position * yStep + h * e;
          const lines = scores + <usize>(i0 - j0) * line;
          const slopeLines = slopes + <usize>(i0 - j0) * line;
          multiplyPanels(at(q, ofQuery), qBytes, 4, keysAcross, ofAcross, e, lines, line, rows, panelsOf(seen), 0, scratch);
          multiplyPanels(at(dy, ofOutput), (<usize>yStep) << 2, 4, valuesAcross, ofAcross, e, slopeLines, line, rows, panelsOf(seen), 0, scratch);
          for (let r = 0; r < rows; r++) {
            const own = lines + <usize>r * line;
            const slope = slopeLines + <usize>r * line;
            const visible = i0 + r + 1;
            const unseen = most - visible;
            if (broken) hide(own, at(row, first), visible);
            const delta = dot(at(dy, ofOutput + r * yStep), at(y, ofOutput + r * yStep), e);
            scoreGradients(own, slope, visible, load<f32>(at(sums, i0 + r)), delta, scale);
            clearFloats(at(own, visible), unseen);
            clearFloats(at(slope, visible), unseen);
          }
          multiplyPanels(slopeLines, line, 4, keys, ofKeys, seen, at(dq, ofQuery), qBytes, rows, e, 0, scratch);
        }
        const start = b * t + first + j0;
        packWhole(at(q, start * qStep + h * e), qStep, false, size, e, blockQueries);
        packWhole(at(dy, start * yStep + h * e), yStep, false, size, e, blockSlopes);
        // dv += Pᵀ·dy and dk += dSᵀ·q, sixteen keys at a time: queries before a key do not see it.
        for (let m0 = 0; m0 < j0 + size; m0 += STRIP) {
          const rows = min(STRIP, j0 + size - m0);
          const skipped = max(0, m0 - j0);
          const from = <usize>skipped * line + ((<usize>m0) << 2);
          const ahead = <usize>skipped * (4 * VECTOR);
          const ofBlock = (<usize>(size * PANEL)) << 2;
          const to = group + m0 * kStep;
          const depth = size - skipped;
          multiplyPanels(scores + from, 4, line, blockSlopes + ahead, ofBlock, depth, at(dv, to), kBytes, rows, e, at(dv, to), scratch);
          multiplyPanels(slopes + from, 4, line, blockQueries + ahead, ofBlock, depth, at(dk, to), kBytes, rows, e, at(dk, to), scratch);
        }
      }
    }
  }
}

/** Floats of scratch a thread needs for rows of `t` tokens and heads of width `e`; at least what a product needs. */
export function attentionScratch(t: i32, e: i32): i32 {
  const packed = 2 * panelFloats(e, t) + panelFloats(t, e) + 2 * panelFloats(BLOCK, e);
  return GEMM_SCRATCH + packed + 2 * BLOCK * lineOf(t);
}
