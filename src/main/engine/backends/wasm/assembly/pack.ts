// Copies blocks of a matrix into the order in which the product's inner loop reads them.
import { PANEL } from './tile';
import { at, loadUpTo, storeUpTo, VECTOR } from './vector';

/** Bytes of a panel's row. */
const ROW: usize = 64;

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
 * Packs a block [depth, width] of B, stored row by row, into panels [depth, 16] that are `stride` bytes apart; zeros beside the columns that are not there.
 * B is read along its rows, so that each of its cache lines is fetched once.
 */
export function packPanels(source: usize, ld: i32, depth: i32, width: i32, target: usize, stride: usize): void {
  const whole = width & ~(PANEL - 1);
  for (let k = 0; k < depth; k++) {
    let to = target;
    let from = source;
    for (let n = 0; n < whole; n += PANEL) {
      const r0 = v128.load(from);
      const r1 = v128.load(from, 16);
      const r2 = v128.load(from, 32);
      const r3 = v128.load(from, 48);
      v128.store(to, r0);
      v128.store(to, r1, 16);
      v128.store(to, r2, 32);
      v128.store(to, r3, 48);
      to += stride;
      from += ROW;
    }
    if (whole < width) {
      for (let n = 0; n < PANEL; n++) store<f32>(at(to, n), whole + n < width ? load<f32>(at(from, n)) : 0);
    }
    source += (<usize>ld) << 2;
    target += ROW;
  }
}

/** Packs one panel [depth, 16] out of `width` ≤ 16 rows of Bᵀ: element (k, n) is at source + n·ld + k floats. */
export function packTransposedPanel(source: usize, ld: i32, depth: i32, width: i32, target: usize): void {
  const step = (<usize>ld) << 2;
  const fours = width & ~3;
  const whole = depth & ~3;
  for (let n = 0; n < fours; n += 4) {
    const rows = source + <usize>n * step;
    for (let k = 0; k < whole; k += 4) transpose4(at(rows, k), step, at(target, n) + <usize>k * ROW, ROW);
  }
  for (let k = 0; k < depth; k++) {
    for (let n = k < whole ? fours : 0; n < PANEL; n++) {
      store<f32>(at(target, n) + <usize>k * ROW, n < width ? load<f32>(at(source, k) + <usize>n * step) : 0);
    }
  }
}

/** Packs `height` rows of A out of the matrix whose transpose they stand in (element (m, k) at source + k·ld + m floats): [depth, `span`], so that a column of A is one piece. */
export function packColumns(source: usize, ld: i32, depth: i32, height: i32, target: usize, span: i32): void {
  const step = (<usize>ld) << 2;
  const row = (<usize>span) << 2;
  for (let k = 0; k < depth; k++) {
    for (let m = 0; m < height; m += 4) storeUpTo(at(target, m), loadUpTo(at(source, m), height - m), height - m);
    source += step;
    target += row;
  }
}
