// AdamW (Loshchilov and Hutter, arXiv 1711.05101) in place, and the squared norm that clipping needs.
import { at, fma, loadUpTo, splat, storeUpTo } from './vector';

/**
 * Floats `begin` to `end`: m = β₁m + (1−β₁)g, v = β₂v + (1−β₂)g², p = p·decay − rate·m/(√(v/c₂) + ε) with g scaled by `scale`,
 * rate = learning rate/c₁, decay = 1 − learning rate·weight decay. The complements of β are given, so that they are rounded once.
 */
export function adamw(
  begin: i32,
  end: i32,
  scratch: usize,
  p: usize,
  g: usize,
  m: usize,
  v: usize,
  rate: f32,
  beta1: f32,
  complement1: f32,
  beta2: f32,
  complement2: f32,
  epsilon: f32,
  decay: f32,
  inverseC2: f32,
  scale: f32,
): void {
  let i = begin;
  for (; i + 8 <= end; i += 8) {
    const g0 = f32x4.mul(v128.load(at(g, i)), splat(scale));
    const g1 = f32x4.mul(v128.load(at(g, i), 16), splat(scale));
    const m0 = fma(v128.load(at(m, i)), splat(beta1), f32x4.mul(g0, splat(complement1)));
    const m1 = fma(v128.load(at(m, i), 16), splat(beta1), f32x4.mul(g1, splat(complement1)));
    const v0 = fma(v128.load(at(v, i)), splat(beta2), f32x4.mul(f32x4.mul(g0, g0), splat(complement2)));
    const v1 = fma(v128.load(at(v, i), 16), splat(beta2), f32x4.mul(f32x4.mul(g1, g1), splat(complement2)));
    const size0 = f32x4.add(f32x4.sqrt(f32x4.mul(v0, splat(inverseC2))), splat(epsilon));
    const size1 = f32x4.add(f32x4.sqrt(f32x4.mul(v1, splat(inverseC2))), splat(epsilon));
    const p0 = f32x4.sub(f32x4.mul(v128.load(at(p, i)), splat(decay)), f32x4.div(f32x4.mul(splat(rate), m0), size0));
    const p1 = f32x4.sub(f32x4.mul(v128.load(at(p, i), 16), splat(decay)), f32x4.div(f32x4.mul(splat(rate), m1), size1));
    v128.store(at(m, i), m0);
    v128.store(at(m, i), m1, 16);
    v128.store(at(v, i), v0);
    v128.store(at(v, i), v1, 16);
    v128.store(at(p, i), p0);
    v128.store(at(p, i), p1, 16);
  }
  for (; i < end; i += 4) {
    const lanes = min(4, end - i);
    const gradient = f32x4.mul(loadUpTo(at(g, i), lanes), splat(scale));
    const first = fma(loadUpTo(at(m, i), lanes), splat(beta1), f32x4.mul(gradient, splat(complement1)));
    const second = fma(loadUpTo(at(v, i), lanes), splat(beta2), f32x4.mul(f32x4.mul(gradient, gradient), splat(complement2)));
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(second, splat(inverseC2))), splat(epsilon));
    const move = f32x4.div(f32x4.mul(splat(rate), first), size);
    storeUpTo(at(m, i), first, lanes);
    storeUpTo(at(v, i), second, lanes);
    storeUpTo(at(p, i), f32x4.sub(f32x4.mul(loadUpTo(at(p, i), lanes), splat(decay)), move), lanes);
  }
}

/** Floats of a partial sum of squares. */
const RUN: i32 = 16384;

/** Partial sums `begin` to `end` (RUN floats each) of Σ g² in float64, one f64 each at `out`: the caller adds them in order. */
export function sumOfSquares(begin: i32, end: i32, scratch: usize, g: usize, out: usize, size: i32): void {
  for (let run = begin; run < end; run++) {
    let i = run * RUN;
    const last = min(i + RUN, size);
    let sum = f64x2.splat(0);
    for (; i + 4 <= last; i += 4) {
      const x = v128.load(at(g, i));
      const low = f64x2.promote_low_f32x4(x);
      const high = f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0));
      sum = f64x2.add(sum, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
    }
    let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    for (; i < last; i++) {
      const x = <f64>load<f32>(at(g, i));
      total += x * x;
    }
    store<f64>(out + ((<usize>run) << 3), total);
  }
}
