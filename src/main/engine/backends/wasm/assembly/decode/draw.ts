// Drawing a token from a row of logits, in float64, as sampling/warp.ts does it without top-k and top-p.
import { Draw } from './tasks';
import { at } from '../vector';

/** Weights summed before the running sum is looked at. */
const BLOCK: i32 = 64;
const LOG2E: f64 = 1.4426950408889634;
const LN2: f64 = 0.6931471805599453;
/** 1.5·2⁵²: adding it rounds to an integer, which then stands in the low bits. */
const ROUND: f64 = 6755399441055744.0;
/** Below this a weight counts as impossible: it is what e^x is held to. */
const NOTHING: f64 = 1e-300;

@inline
function add(p: v128, r: v128, c: f64): v128 {
  return f64x2.relaxed_madd(p, r, f64x2.splat(c));
}

/** e^(x·factor/log2 e) of two numbers x ≤ 0 to about 1e-15: Taylor's series of 2^f for |f| ≤ ½, times 2ⁿ in the exponent. NaN stays NaN. */
@inline
function exponentials(x: v128, factor: v128): v128 {
  const t = f64x2.pmax(f64x2.mul(x, factor), f64x2.splat(-1021.0));
  const shifted = f64x2.add(t, f64x2.splat(ROUND));
  const r = f64x2.mul(f64x2.sub(t, f64x2.sub(shifted, f64x2.splat(ROUND))), f64x2.splat(LN2));
  let p = f64x2.splat(1.0 / 6227020800.0);
  p = add(p, r, 1.0 / 479001600.0);
  p = add(p, r, 1.0 / 39916800.0);
  p = add(p, r, 1.0 / 3628800.0);
  p = add(p, r, 1.0 / 362880.0);
  p = add(p, r, 1.0 / 40320.0);
  p = add(p, r, 1.0 / 5040.0);
  p = add(p, r, 1.0 / 720.0);
  p = add(p, r, 1.0 / 120.0);
  p = add(p, r, 1.0 / 24.0);
  p = add(p, r, 1.0 / 6.0);
  p = add(p, r, 0.5);
  p = add(p, r, 1.0);
  p = add(p, r, 1.0);
  return f64x2.mul(p, i64x2.add(i64x2.shl(shifted, 52), f64x2.splat(1.0)));
}

/** Weights of logits i and i + 1; of one beyond the row, zero. */
@inline
function weights(row: usize, i: i32, count: i32, top: v128, factor: v128): v128 {
  if (i + 1 < count) return exponentials(f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(at(row, i))), top), factor);
  const one = exponentials(f64x2.sub(f64x2.promote_low_f32x4(v128.load32_zero(at(row, i))), top), factor);
  return f64x2.replace_lane(one, 1, 0);
}

export function draw(task: Draw, r: i32, scratch: usize): void {
  const count = task.vocabulary;
  const row = at(task.logits, r * count);
  const factor = f64x2.splat(load<f64>(task.inverse) * LOG2E);
  let best = f32x4.splat(-f32.MAX_VALUE);
  let i = 0;
  for (; i + 4 <= count; i += 4) best = f32x4.pmax(best, v128.load(at(row, i)));
  let largest = max(max(f32x4.extract_lane(best, 0), f32x4.extract_lane(best, 1)), max(f32x4.extract_lane(best, 2), f32x4.extract_lane(best, 3)));
  for (; i < count; i++) if (load<f32>(at(row, i)) > largest) largest = load<f32>(at(row, i));
  const top = f64x2.splat(<f64>largest);

  let total: f64 = 0;
  for (let block = 0; block * BLOCK < count; block++) {
    const end = min((block + 1) * BLOCK, count);
    let sum = f64x2.splat(0);
    for (let j = block * BLOCK; j < end; j += 2) sum = f64x2.add(sum, weights(row, j, end, top, factor));
    const part = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    store<f64>(scratch + ((<usize>block) << 3), part);
    total += part;
  }
  let id = -1;
  if (total > 0 && total < f64.MAX_VALUE) {
    const goal = load<f64>(task.uniforms + ((<usize>r) << 3)) * total;
    let passed: f64 = 0;
    let block = 0;
    for (; (block + 1) * BLOCK < count; block++) {
      const next = passed + load<f64>(scratch + ((<usize>block) << 3));
      if (next > goal) break;
      passed = next;
    }
    // Where rounding leaves a remainder, the last possible token takes it.
    for (i = block * BLOCK; i < count; i += 2) {
      const pair = weights(row, i, count, top, factor);
      const first = f64x2.extract_lane(pair, 0);
      const second = f64x2.extract_lane(pair, 1);
      if (first > NOTHING) {
        id = i;
        passed += first;
        if (passed > goal) break;
      }
      if (second > NOTHING) {
        id = i + 1;
        passed += second;
        if (passed > goal) break;
      }
    }
    if (id < 0) while (id < 0 && block > 0) id = lastOf(row, --block * BLOCK, top, factor);
  }
  store<i32>(at(task.ids, r), id);
}

/** The last token of a block that is possible at all, or −1. */
function lastOf(row: usize, begin: i32, top: v128, factor: v128): i32 {
  let id = -1;
  for (let i = begin; i < begin + BLOCK; i += 2) {
    const pair = weights(row, i, begin + BLOCK, top, factor);
    if (f64x2.extract_lane(pair, 0) > NOTHING) id = i;
    if (f64x2.extract_lane(pair, 1) > NOTHING) id = i + 1;
  }
  return id;
}
