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

/**
 * Bytes of the constants of `weigh`, float64 each: Taylor's coefficients of e^r from r¹³ down to 1, and behind them the others. They stand in memory because a constant in
 * a loop would be built anew each turn.
 */
const CONSTANT_BYTES: usize = 160;

function writeConstants(to: usize, inverse: f64, top: f64): void {
  let factorial: f64 = 6227020800.0;
  for (let n = 13; n >= 0; n--) {
    store<f64>(to, 1.0 / factorial);
    to += 8;
    factorial /= <f64>max(n, 1);
  }
  store<f64>(to, inverse * LOG2E);
  store<f64>(to, ROUND, 8);
  store<f64>(to, LN2, 16);
  store<f64>(to, top, 24);
  store<f64>(to, -1021.0, 32);
}

@inline
function add(p: v128, r: v128, constants: usize, n: usize): v128 {
  return f64x2.relaxed_madd(p, r, v128.load64_splat(constants + (n << 3)));
}

/** e^((x − top)·inverse) of two numbers x ≤ top to about 1e-15: Taylor's series of 2^f for |f| ≤ ½, times 2ⁿ in the exponent. NaN stays NaN. */
@inline
function exponentials(x: v128, constants: usize): v128 {
  const scaled = f64x2.mul(f64x2.sub(x, v128.load64_splat(constants, 136)), v128.load64_splat(constants, 112));
  const t = f64x2.max(scaled, v128.load64_splat(constants, 144));
  const round = v128.load64_splat(constants, 120);
  const shifted = f64x2.add(t, round);
  const r = f64x2.mul(f64x2.sub(t, f64x2.sub(shifted, round)), v128.load64_splat(constants, 128));
  let p = v128.load64_splat(constants);
  p = add(p, r, constants, 1);
  p = add(p, r, constants, 2);
  p = add(p, r, constants, 3);
  p = add(p, r, constants, 4);
  p = add(p, r, constants, 5);
  p = add(p, r, constants, 6);
  p = add(p, r, constants, 7);
  p = add(p, r, constants, 8);
  p = add(p, r, constants, 9);
  p = add(p, r, constants, 10);
  p = add(p, r, constants, 11);
  p = add(p, r, constants, 12);
  p = add(p, r, constants, 13);
  return f64x2.mul(p, i64x2.add(i64x2.shl(shifted, 52), v128.load64_splat(constants, 104)));
}

/** Weights of the logits `begin` to `end`, a block of them, into `out`, which has room for a multiple of four. */
function weigh(row: usize, begin: i32, end: i32, constants: usize, out: usize): void {
  let i = begin;
  let to = out;
  for (; i + 4 <= end; i += 4) {
    const four = v128.load(at(row, i));
    v128.store(to, f64x2.promote_low_f32x4(four));
    v128.store(to, f64x2.promote_low_f32x4(i64x2.shuffle(four, four, 1, 1)), 16);
    to += 32;
  }
  for (; i < end; i++) {
    store<f64>(to, <f64>load<f32>(at(row, i)));
    to += 8;
  }
  // Two neighboring vectors a turn, so that they can be one of 256 bits (compile.ts).
  const last = out + <usize>(8 * (end - begin));
  for (to = out; to < last; to += 32) {
    const a = exponentials(v128.load(to), constants);
    const b = exponentials(v128.load(to, 16), constants);
    v128.store(to, a);
    v128.store(to, b, 16);
  }
}

/**
 * The first token of a block from `begin` on at which the running sum, `passed` before it, passes `goal`; else the block's last possible token, else `id`. The sum that was
 * reached is left behind the weights.
 */
function search(row: usize, begin: i32, count: i32, constants: usize, weights: usize, passed: f64, goal: f64, id: i32): i32 {
  const length = min(BLOCK, count - begin);
  weigh(row, begin, begin + length, constants, weights);
  for (let i = 0; i < length; i++) {
    const weight = load<f64>(weights + ((<usize>i) << 3));
    if (weight <= NOTHING) continue;
    id = begin + i;
    passed += weight;
    if (passed > goal) break;
  }
  store<f64>(weights + <usize>(8 * BLOCK), passed);
  return id;
}

export function draw(task: Draw, r: i32, scratch: usize): void {
  const count = task.vocabulary;
  const row = at(task.logits, r * count);
  let best = f32x4.splat(-f32.MAX_VALUE);
  let i = 0;
  for (; i + 4 <= count; i += 4) best = f32x4.pmax(best, v128.load(at(row, i)));
  let largest = max(max(f32x4.extract_lane(best, 0), f32x4.extract_lane(best, 1)), max(f32x4.extract_lane(best, 2), f32x4.extract_lane(best, 3)));
  for (; i < count; i++) if (load<f32>(at(row, i)) > largest) largest = load<f32>(at(row, i));
  writeConstants(scratch, load<f64>(task.inverse), <f64>largest);
  const weights = scratch + CONSTANT_BYTES;
  const sums = weights + <usize>(8 * BLOCK);

  let total: f64 = 0;
  for (let block = 0; block * BLOCK < count; block++) {
    const begin = block * BLOCK;
    const length = min(BLOCK, count - begin);
    weigh(row, begin, begin + length, scratch, weights);
    let sum = f64x2.splat(0);
    i = 0;
    for (; i + 2 <= length; i += 2) sum = f64x2.add(sum, v128.load(weights + ((<usize>i) << 3)));
    let part = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    if (i < length) part += load<f64>(weights + ((<usize>i) << 3));
    store<f64>(sums + ((<usize>block) << 3), part);
    total += part;
  }
  let id = -1;
  if (total > 0 && total < f64.MAX_VALUE) {
    const goal = load<f64>(task.uniforms + ((<usize>r) << 3)) * total;
    let passed: f64 = 0;
    let block = 0;
    for (; (block + 1) * BLOCK < count; block++) {
      const next = passed + load<f64>(sums + ((<usize>block) << 3));
      if (next > goal) break;
      passed = next;
    }
    for (; block * BLOCK < count; block++) {
      id = search(row, block * BLOCK, count, scratch, weights, passed, goal, id);
      passed = load<f64>(sums);
      if (passed > goal) break;
    }
    // Where rounding leaves a remainder, the last possible token takes it.
    while (id < 0 && --block >= 0) id = search(row, block * BLOCK, count, scratch, weights, 0, f64.MAX_VALUE, id);
  }
  store<i32>(at(task.ids, r), id);
}
