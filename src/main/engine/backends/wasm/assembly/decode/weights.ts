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

/**
 * A panel [k, 16] as integers: its scales [16] are largest |w| / 127, its sums [16] 64·Σ of the integers. Every four inputs become [16, 4]; inputs that are not there are zero.
 */
function quantize(panel: usize, k: i32, out: usize, scales: usize, sums: usize): void {
  for (let n = 0; n < PANEL; n += 4) {
    const column = at(panel, n);
    let largest = splat(0);
    for (let i = 0; i < k; i++) largest = f32x4.max(largest, f32x4.abs(v128.load(column + ((<usize>i) << 6))));
    const some = f32x4.gt(largest, splat(0));
    const inverse = v128.and(f32x4.div(splat(127), largest), some);
    let sum = i32x4.splat(0);
    for (let i = 0; i < k; i += 4) {
      let four = i32x4.splat(0);
      for (let j = 0; j < 4 && i + j < k; j++) {
        const w = v128.load(column + ((<usize>(i + j)) << 6));
        const q = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(w, inverse)));
        sum = i32x4.add(sum, q);
        four = v128.or(four, i32x4.shl(v128.and(q, i32x4.splat(255)), 8 * j));
      }
      v128.store(at(out, n) + ((<usize>i) << 4), four);
    }
    v128.store(at(scales, n), f32x4.div(largest, splat(127)));
    v128.store(at(sums, n), i32x4.shl(sum, 6));
  }
}
