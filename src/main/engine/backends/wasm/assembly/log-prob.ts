// log softmax over rows of logits [rows, V] (a chunk in scratch memory), and its gradient in place.
import { at, exp4, fma, keep, loadPart, log1, maxOf, splat, storePart, sumOf, wideSumOf } from './vector';

/** Floats summed in float32 before the total, in float64, grows. */
const RUN: i32 = 512;

/** Largest of `count` floats. */
export function largest(row: usize, count: i32): f32 {
  let best = splat(-f32.MAX_VALUE);
  let i = 0;
  for (; i + 4 <= count; i += 4) best = f32x4.max(best, v128.load(at(row, i)));
  let result = maxOf(best);
  for (; i < count; i++) result = max(result, load<f32>(at(row, i)));
  return result;
}

/**
 * Rows `begin` to `end`: with z = logits/temperature, logProbs = z[target] − log Σ e^z and entropy = log Σ e^z − Σ p·z, in nats.
 * `inverse` is 1/temperature.
 */
export function logProbRows(
  begin: i32,
  end: i32,
  scratch: usize,
  logits: usize,
  targets: usize,
  logProbs: usize,
  entropy: usize,
  v: i32,
  inverse: f32,
): void {
  const scale = splat(inverse);
  for (let r = begin; r < end; r++) {
    const row = logits + ((<usize>r * <usize>v) << 2);
    const top = largest(row, v);
    const peak = splat(top);
    let total: f64 = 0;
    let weighted: f64 = 0;
    for (let i0 = 0; i0 < v; i0 += RUN) {
      const last = min(i0 + RUN, v);
      let sum = splat(0);
      let product = splat(0);
      let i = i0;
      for (; i + 4 <= last; i += 4) {
        const z = f32x4.mul(f32x4.sub(v128.load(at(row, i)), peak), scale);
        const e = exp4(z);
        sum = f32x4.add(sum, e);
        product = fma(e, z, product);
      }
      if (i < last) {
        const z = f32x4.mul(f32x4.sub(loadPart(at(row, i), last - i), peak), scale);
        const e = keep(exp4(z), last - i);
        sum = f32x4.add(sum, e);
        product = fma(e, z, product);
      }
      total += wideSumOf(sum);
      weighted += wideSumOf(product);
    }
    const log = log1(total);
    const target = (<f64>load<f32>(at(row, load<i32>(at(targets, r)))) - <f64>top) * <f64>inverse;
    store<f32>(at(logProbs, r), <f32>(target - log));
    store<f32>(at(entropy, r), <f32>(log - weighted / total));
  }
}

/** Rows `begin` to `end`: logits become d(dy·logProb)/dlogits = dy/temperature · (onehot(target) − softmax(z)). */
export function logProbRowsBackward(
  begin: i32,
  end: i32,
  scratch: usize,
  logits: usize,
  targets: usize,
  dy: usize,
  v: i32,
  inverse: f32,
): void {
  const scale = splat(inverse);
  for (let r = begin; r < end; r++) {
    const row = logits + ((<usize>r * <usize>v) << 2);
    const weight = load<f32>(at(dy, r)) * inverse;
    if (weight == 0) {
      memory.fill(row, 0, (<usize>v) << 2);
      continue;
    }
    const peak = splat(largest(row, v));
    let total: f64 = 0;
    for (let i0 = 0; i0 < v; i0 += RUN) {
      const last = min(i0 + RUN, v);
      let sum = splat(0);
      let i = i0;
      for (; i + 4 <= last; i += 4) {
        const e = exp4(f32x4.mul(f32x4.sub(v128.load(at(row, i)), peak), scale));
        v128.store(at(row, i), e);
        sum = f32x4.add(sum, e);
      }
      if (i < last) {
        const e = keep(exp4(f32x4.mul(f32x4.sub(loadPart(at(row, i), last - i), peak), scale)), last - i);
        storePart(at(row, i), e, last - i);
        sum = f32x4.add(sum, e);
      }
      total += wideSumOf(sum);
    }
    const share = <f32>(-(<f64>weight) / total);
    const shares = splat(share);
    let i = 0;
    for (; i + 4 <= v; i += 4) v128.store(at(row, i), f32x4.mul(v128.load(at(row, i)), shares));
    for (; i < v; i++) store<f32>(at(row, i), load<f32>(at(row, i)) * share);
    const target = at(row, load<i32>(at(targets, r)));
    store<f32>(target, load<f32>(target) + weight);
  }
}

/** Scaled softmax of `count` scores in place; returns log Σ e^(scale·score). */
export function softmaxRow(row: usize, count: i32, scale: f32): f32 {
  const top = largest(row, count);
  const peak = splat(top);
  const scales = splat(scale);
  let sum = splat(0);
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const e = exp4(f32x4.mul(f32x4.sub(v128.load(at(row, i)), peak), scales));
    v128.store(at(row, i), e);
    sum = f32x4.add(sum, e);
  }
  if (i < count) {
    const e = keep(exp4(f32x4.mul(f32x4.sub(loadPart(at(row, i), count - i), peak), scales)), count - i);
    storePart(at(row, i), e, count - i);
    sum = f32x4.add(sum, e);
  }
  const total = sumOf(sum);
  const inverse = splat(1 / total);
  for (i = 0; i + 4 <= count; i += 4) v128.store(at(row, i), f32x4.mul(v128.load(at(row, i)), inverse));
  if (i < count) storePart(at(row, i), f32x4.mul(loadPart(at(row, i), count - i), inverse), count - i);
  return top * scale + <f32>log1(<f64>total);
}
