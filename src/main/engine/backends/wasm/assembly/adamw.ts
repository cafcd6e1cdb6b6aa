// AdamW (Loshchilov and Hutter, arXiv 1711.05101) in place, and the squared norm that clipping needs.
import { at, fma, loadPart, splat, storePart } from './vector';

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
  while (i < end) {
    const lanes = min(4, end - i);
    const whole = lanes == 4;
    const gradient = f32x4.mul(whole ? v128.load(at(g, i)) : loadPart(at(g, i), lanes), splat(scale));
    const first = fma(whole ? v128.load(at(m, i)) : loadPart(at(m, i), lanes), splat(beta1), f32x4.mul(gradient, splat(complement1)));
    const second = fma(
      whole ? v128.load(at(v, i)) : loadPart(at(v, i), lanes),
      splat(beta2),
      f32x4.mul(f32x4.mul(gradient, gradient), splat(complement2)),
    );
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(second, splat(inverseC2))), splat(epsilon));
    const move = f32x4.div(f32x4.mul(splat(rate), first), size);
    const next = f32x4.sub(f32x4.mul(whole ? v128.load(at(p, i)) : loadPart(at(p, i), lanes), splat(decay)), move);
    if (whole) {
      v128.store(at(m, i), first);
      v128.store(at(v, i), second);
      v128.store(at(p, i), next);
    } else {
      storePart(at(m, i), first, lanes);
      storePart(at(v, i), second, lanes);
      storePart(at(p, i), next, lanes);
    }
    i += 4;
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
