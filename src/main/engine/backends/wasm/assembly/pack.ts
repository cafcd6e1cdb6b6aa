// Copies a block of a matrix into the order in which the product's inner loop reads it.
import { at, VECTOR } from './vector';

/** Columns of a packed panel. */
export const PANEL: i32 = 8;

/** Four rows of four floats at `source` (rows `step` bytes apart) become four rows at `target` (rows `stride` bytes apart): out[c][r] = in[r][c]. */
@inline
function transpose4(source: usize, step: usize, target: usize, stride: usize): void {
  const r0 = v128.load(source);
  const r1 = v128.load(source + step);
  const r2 = v128.load(source + 2 * step);
  const r3 = v128.load(source + 3 * step);
  const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(target, i64x2.shuffle(low01, low23, 0, 2));
  v128.store(target + stride, i64x2.shuffle(low01, low23, 1, 3));
  v128.store(target + 2 * stride, i64x2.shuffle(high01, high23, 0, 2));
  v128.store(target + 3 * stride, i64x2.shuffle(high01, high23, 1, 3));
}

/**
 * Packs a block [depth, width] of B, stored row by row, into panels [depth, 8] that are `stride` bytes apart; zeros beside the columns that are not there.
 * B is read along its rows, so that each of its cache lines is fetched once.
 */
export function packPanels(source: usize, ld: i32, depth: i32, width: i32, target: usize, stride: usize): void {
  const whole = width & ~(PANEL - 1);
  for (let k = 0; k < depth; k++) {
    let to = target;
    let from = source;
    for (let n = 0; n < whole; n += PANEL) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      to += stride;
      from += 2 * VECTOR;
    }
    if (whole < width) {
      for (let n = 0; n < PANEL; n++) store<f32>(at(to, n), whole + n < width ? load<f32>(at(from, n)) : 0);
    }
    source += (<usize>ld) << 2;
    target += 2 * VECTOR;
  }
}

/** Packs one panel [depth, 8] out of `width` ≤ 8 rows of Bᵀ: element (k, n) is at source + n·ld + k floats. */
export function packTransposedPanel(source: usize, ld: i32, depth: i32, width: i32, target: usize): void {
  const step = (<usize>ld) << 2;
  let k = 0;
  if (width == PANEL) {
    for (; k + 4 <= depth; k += 4) {
      transpose4(at(source, k), step, target, 2 * VECTOR);
      transpose4(at(source, k) + 4 * step, step, target + VECTOR, 2 * VECTOR);
      target += 8 * VECTOR;
    }
  }
  for (; k < depth; k++) {
    for (let n = 0; n < PANEL; n++) store<f32>(at(target, n), n < width ? load<f32>(at(source, k) + <usize>n * step) : 0);
    target += 2 * VECTOR;
  }
}

/** Packs four rows [4, depth] of A out of the matrix whose transpose they stand in: element (m, k) at source + k·ld + m floats. Missing rows become zeros. */
export function packTransposedRows(source: usize, ld: i32, depth: i32, height: i32, target: usize, stride: usize): void {
  const step = (<usize>ld) << 2;
  let k = 0;
  if (height == 4) {
    for (; k + 4 <= depth; k += 4) transpose4(source + <usize>k * step, step, at(target, k), stride);
  }
  for (; k < depth; k++) {
    for (let m = 0; m < 4; m++) {
      store<f32>(at(target, k) + <usize>m * stride, m < height ? load<f32>(at(source, m) + <usize>k * step) : 0);
    }
  }
}
