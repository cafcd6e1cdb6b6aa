// Making weights ready for decoding: once for many steps.
import { packPanels, packTransposedPanel } from '../pack';
import { PANEL } from '../tile';
import { at, splat } from '../vector';

/**
 * Panels `begin` to `end` of 16 outputs each of a matrix, stored [n, k], or [k, n] when `inOut`: in float32 [k, 16] each, or, where there are `scales`, as integers of 8 bits.
 * Outputs that are not there are zero.
 */
export function packWeights(
  begin: i32,
  end: i32,
  scratch: usize,
  w: usize,
  inOut: bool,
  k: i32,
  n: i32,
  out: usize,
  scales: usize,
  sums: usize,
): void {
  const bytes = (<usize>k) << 6;
  for (let panel = begin; panel < end; panel++) {
    const first = panel * PANEL;
    const width = min(PANEL, n - first);
    const to = scales ? scratch : out + <usize>panel * bytes;
    if (inOut) packPanels(at(w, first), n, k, width, to, bytes);
    else packTransposedPanel(w + (((<usize>first) * <usize>k) << 2), k, k, width, to);
    if (scales) quantize(scratch, k, out + (<usize>panel << 6) * <usize>((k + 3) >> 2), at(scales, first), at(sums, first));
  }
}

/** 1.5·2²³: adding it rounds a float to an integer, which then stands in the low bits. */
const ROUND: f32 = 12582912.0;
const ROUND_BITS: i32 = 0x4b400000;

/** The integers next to w·inverse, between ±127. */
@inline
function rounded(w: v128, inverse: v128, round: v128, bits: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.mul(w, inverse), round), bits);
}

/**
 * A panel [k, 16] as integers: its scales [16] are largest |w| / 127, its sums [16] 64·Σ of the integers. Every four inputs become [16, 4]; inputs that are not there are zero.
 */
function quantize(panel: usize, k: i32, out: usize, scales: usize, sums: usize): void {
  const round = splat(ROUND);
  const bits = i32x4.splat(ROUND_BITS);
  const byte = i32x4.splat(255);
  for (let n = 0; n < PANEL; n += 4) {
    const column = at(panel, n);
    let largest = splat(0);
    for (let i = 0; i < k; i++) largest = f32x4.max(largest, f32x4.abs(v128.load(column + ((<usize>i) << 6))));
    const inverse = v128.and(f32x4.div(splat(127), largest), f32x4.gt(largest, splat(0)));
    let sum = i32x4.splat(0);
    let from = column;
    let to = at(out, n);
    let i = 0;
    for (; i + 4 <= k; i += 4) {
      const q0 = rounded(v128.load(from), inverse, round, bits);
      const q1 = rounded(v128.load(from, 64), inverse, round, bits);
      const q2 = rounded(v128.load(from, 128), inverse, round, bits);
      const q3 = rounded(v128.load(from, 192), inverse, round, bits);
      sum = i32x4.add(i32x4.add(i32x4.add(sum, q0), i32x4.add(q1, q2)), q3);
      const low = v128.or(v128.and(q0, byte), i32x4.shl(v128.and(q1, byte), 8));
      v128.store(to, v128.or(low, v128.or(i32x4.shl(v128.and(q2, byte), 16), i32x4.shl(q3, 24))));
      from += 256;
      to += 64;
    }
    if (i < k) {
      let four = i32x4.splat(0);
      for (let shift = 0; i < k; i++, shift += 8) {
        const q = rounded(v128.load(from), inverse, round, bits);
        sum = i32x4.add(sum, q);
        four = v128.or(four, i32x4.shl(v128.and(q, byte), shift));
        from += 64;
      }
      v128.store(to, four);
    }
    v128.store(at(scales, n), f32x4.div(largest, splat(127)));
    v128.store(at(sums, n), i32x4.shl(sum, 6));
  }
}
