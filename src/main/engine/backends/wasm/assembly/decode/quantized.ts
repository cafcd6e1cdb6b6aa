// Products with 8-bit weights: integers of 8 bits with a float32 scale for each output. The input is turned into integers of 14 bits with one scale for each row, cut
// into an upper and a lower seven: the processor multiplies bytes by sevens of bits and adds four such products at a time, four times as many as of float32.
// All sums are exact, so what differs from float32 is the rounding of the input: at most half a step, largest |x| / 8191 / 2, in each number.
import { PANEL, settle } from '../tile';
import { at, splat } from '../vector';

/** The largest integer of an input; zero stands at 8192, in the middle of 14 bits. */
const MOST: f32 = 8191;
const MIDDLE: i32 = 8192;

/** As in tile.ts: 1 where the tile of 16 columns is the faster one. */
@external('env', 'wide')
declare const wide: i32;

/** Adds to each lane of c the four products of its bytes of a (signed) and b (0 to 127). In that range the operation is the same on every processor. */
@inline
function dot(a: v128, b: v128, c: v128): v128 {
  return i32x4.relaxed_dot_i8x16_i7x16_add_s(a, b, c);
}

/**
 * Rows of x [rows, k] as integers at `out`: for every four of a row, four upper and four lower halves; behind all rows their scales. What pads the last four meets
 * weights of zero.
 */
export function quantizeRows(x: usize, rows: i32, k: i32, out: usize): void {
  const quads = (k + 3) >> 2;
  const scales = out + <usize>(rows * quads * 8);
  for (let r = 0; r < rows; r++) {
    const row = at(x, r * k);
    let most = splat(0);
    let i = 0;
    for (; i + 4 <= k; i += 4) most = f32x4.max(most, f32x4.abs(v128.load(at(row, i))));
    let largest = max(
      max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
      max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
    );
    for (; i < k; i++) largest = max(largest, abs(load<f32>(at(row, i))));
    store<f32>(at(scales, r), largest / MOST);
    const inverse = splat(largest > 0 ? MOST / largest : 0);
    const round = splat(12582912.0);
    const bits = i32x4.splat(0x4b400000 - MIDDLE);
    let to = out + <usize>(r * quads * 8);
    for (i = 0; i < k; i += 4) {
      let v = splat(0);
      if (i + 4 <= k) v = v128.load(at(row, i));
      else {
        v = f32x4.replace_lane(v, 0, load<f32>(at(row, i)));
        if (i + 1 < k) v = f32x4.replace_lane(v, 1, load<f32>(at(row, i + 1)));
        if (i + 2 < k) v = f32x4.replace_lane(v, 2, load<f32>(at(row, i + 2)));
      }
      // Adding 1.5·2²³ rounds to an integer, which then stands in the low bits.
      const q = i32x4.sub(f32x4.add(f32x4.mul(v, inverse), round), bits);
      const upper = i32x4.shr_u(q, 7);
      const lower = v128.and(q, i32x4.splat(127));
      v128.store64_lane(to, i8x16.shuffle(upper, lower, 0, 4, 8, 12, 16, 20, 24, 28, 0, 0, 0, 0, 0, 0, 0, 0), 0);
      to += 8;
    }
  }
}

/** Four outputs from the sums of the upper and the lower halves: the upper ones less their share of the middle, 64·Σw. */
@inline
function outputs(upper: v128, lower: v128, sums: v128, scales: v128, scale: v128): v128 {
  const whole = f32x4.convert_i32x4_s(i32x4.sub(upper, sums));
  return f32x4.mul(f32x4.add(f32x4.mul(whole, splat(128)), f32x4.convert_i32x4_s(lower)), f32x4.mul(scales, scale));
}

/** y [2, 16] of two rows of quantized inputs and a panel [quads, 16, 4]. `scale0`, `scale1`: addresses of the rows' scales. */
function tile16(x0: usize, x1: usize, w: usize, quads: i32, sums: usize, scales: usize, scale0: usize, scale1: usize, y: usize, step: usize): void {
  let e0 = i32x4.splat(0);
  let e1 = i32x4.splat(0);
  let e2 = i32x4.splat(0);
  let e3 = i32x4.splat(0);
  let f0 = i32x4.splat(0);
  let f1 = i32x4.splat(0);
  let f2 = i32x4.splat(0);
  let f3 = i32x4.splat(0);
  let g0 = i32x4.splat(0);
  let g1 = i32x4.splat(0);
  let g2 = i32x4.splat(0);
  let g3 = i32x4.splat(0);
  let h0 = i32x4.splat(0);
  let h1 = i32x4.splat(0);
  let h2 = i32x4.splat(0);
  let h3 = i32x4.splat(0);
  const end = w + ((<usize>quads) << 6);
  while (w != end) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    const w2 = v128.load(w, 32);
    const w3 = v128.load(w, 48);
    const a = v128.load32_splat(x0);
    e0 = dot(w0, a, e0);
    e1 = dot(w1, a, e1);
    e2 = dot(w2, a, e2);
    e3 = dot(w3, a, e3);
    const b = v128.load32_splat(x0, 4);
    f0 = dot(w0, b, f0);
    f1 = dot(w1, b, f1);
    f2 = dot(w2, b, f2);
    f3 = dot(w3, b, f3);
    const c = v128.load32_splat(x1);
    g0 = dot(w0, c, g0);
    g1 = dot(w1, c, g1);
    g2 = dot(w2, c, g2);
    g3 = dot(w3, c, g3);
    const d = v128.load32_splat(x1, 4);
    h0 = dot(w0, d, h0);
    h1 = dot(w1, d, h1);
    h2 = dot(w2, d, h2);
    h3 = dot(w3, d, h3);
    w += 64;
    x0 += 8;
    x1 += 8;
  }
  const z0 = v128.load(sums);
  const z1 = v128.load(sums, 16);
  const z2 = v128.load(sums, 32);
  const z3 = v128.load(sums, 48);
  const s0 = v128.load(scales);
  const s1 = v128.load(scales, 16);
  const s2 = v128.load(scales, 32);
  const s3 = v128.load(scales, 48);
  const first = v128.load32_splat(scale0);
  v128.store(y, outputs(e0, f0, z0, s0, first));
  v128.store(y, outputs(e1, f1, z1, s1, first), 16);
  v128.store(y, outputs(e2, f2, z2, s2, first), 32);
  v128.store(y, outputs(e3, f3, z3, s3, first), 48);
  const second = v128.load32_splat(scale1);
  v128.store(y + step, outputs(g0, h0, z0, s0, second));
  v128.store(y + step, outputs(g1, h1, z1, s1, second), 16);
  v128.store(y + step, outputs(g2, h2, z2, s2, second), 32);
  v128.store(y + step, outputs(g3, h3, z3, s3, second), 48);
}

/** The same of 8 columns of a panel, for processors with 16 registers of 128 bits. */
function tile8(x0: usize, x1: usize, w: usize, quads: i32, sums: usize, scales: usize, scale0: usize, scale1: usize, y: usize, step: usize): void {
  let e0 = i32x4.splat(0);
  let e1 = i32x4.splat(0);
  let f0 = i32x4.splat(0);
  let f1 = i32x4.splat(0);
  let g0 = i32x4.splat(0);
  let g1 = i32x4.splat(0);
  let h0 = i32x4.splat(0);
  let h1 = i32x4.splat(0);
  const end = w + ((<usize>quads) << 6);
  while (w != end) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, 16);
    const a = v128.load32_splat(x0);
    e0 = dot(w0, a, e0);
    e1 = dot(w1, a, e1);
    const b = v128.load32_splat(x0, 4);
    f0 = dot(w0, b, f0);
    f1 = dot(w1, b, f1);
    const c = v128.load32_splat(x1);
    g0 = dot(w0, c, g0);
    g1 = dot(w1, c, g1);
    const d = v128.load32_splat(x1, 4);
    h0 = dot(w0, d, h0);
    h1 = dot(w1, d, h1);
    w += 64;
    x0 += 8;
    x1 += 8;
  }
  const z0 = v128.load(sums);
  const z1 = v128.load(sums, 16);
  const s0 = v128.load(scales);
  const s1 = v128.load(scales, 16);
  const first = v128.load32_splat(scale0);
  v128.store(y, outputs(e0, f0, z0, s0, first));
  v128.store(y, outputs(e1, f1, z1, s1, first), 16);
  const second = v128.load32_splat(scale1);
  v128.store(y + step, outputs(g0, h0, z0, s0, second));
  v128.store(y + step, outputs(g1, h1, z1, s1, second), 16);
}

/**
 * As byPanels of linear.ts, of quantized inputs and weights: panels [quads, 16, 4] of bytes, `scales` and `sums` (64·Σw) of each output (weights.ts).
 */
export function byQuantizedPanels(
  x: usize,
  k: i32,
  rows: i32,
  w: usize,
  scales: usize,
  sums: usize,
  count: i32,
  bias: usize,
  y: usize,
  span: i32,
  kept: usize,
): void {
  const quads = (k + 3) >> 2;
  const bytes = <usize>(8 * quads);
  const rowScales = x + <usize>rows * bytes;
  for (let n = 0; n < count; n += PANEL) {
    const panel = w + <usize>n * <usize>(4 * quads);
    const s = at(scales, n);
    const z = at(sums, n);
    for (let r = 0; r < rows; r += 2) {
      const height = min(2, rows - r);
      const x0 = x + <usize>r * bytes;
      const x1 = height > 1 ? x0 + bytes : x0;
      const scale0 = at(rowScales, r);
      const scale1 = height > 1 ? scale0 + 4 : scale0;
      if (wide) tile16(x0, x1, panel, quads, z, s, scale0, scale1, kept, 64);
      else {
        tile8(x0, x1, panel, quads, z, s, scale0, scale1, kept, 64);
        tile8(x0, x1, panel + 32, quads, z + 32, s + 32, scale0, scale1, kept + 32, 64);
      }
      settle(kept, at(y, r * span + n), (<usize>span) << 2, height, min(PANEL, count - n), bias ? at(bias, n) : 0, 0);
    }
  }
}
