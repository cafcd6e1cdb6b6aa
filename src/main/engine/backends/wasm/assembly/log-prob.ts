// log softmax over rows of logits [rows, V] (a chunk in scratch memory), and its gradient in place.
import { at, exp4, fma, keep, loadUpTo, log1, maxOf, splat, storeUpTo, sumOf, wideSumOf } from './vector';

/** Floats summed in float32 before the total, in float64, grows. */
const RUN: i32 = 512;

/** Largest of `count` floats; one that is no number may be passed over. */
export function largest(row: usize, count: i32): f32 {
  if (count < 8) {
    let result = load<f32>(row);
    for (let i = 1; i < count; i++) {
      const x = load<f32>(at(row, i));
      if (x > result) result = x;
    }
    return result;
  }
  let best0 = v128.load(row);
  let best1 = v128.load(row, 16);
  for (let i = 8; i + 8 <= count; i += 8) {
    best0 = f32x4.pmax(best0, v128.load(at(row, i)));
    best1 = f32x4.pmax(best1, v128.load(at(row, i), 16));
  }
  // The last eight, some of them for the second time.
  best0 = f32x4.pmax(best0, v128.load(at(row, count - 8)));
  best1 = f32x4.pmax(best1, v128.load(at(row, count - 4)));
  return maxOf(f32x4.pmax(best0, best1));
}

/**
 * Rows `begin` to `end`: with z = logits/temperature, logProbs = z[target] − log Σ e^z and entropy = log Σ e^z − Σ p·z, in nats; `inverse` is 1/temperature.
 * The row becomes e^(z − its largest), and `totals` the sum of that: what the gradient needs. A `logProbs` of 0: only these two.
 */
export function logProbRows(
  begin: i32,
  end: i32,
  scratch: usize,
  logits: usize,
  targets: usize,
  logProbs: usize,
  entropy: usize,
  totals: usize,
  v: i32,
  inverse: f32,
): void {
  const scale = splat(inverse);
  for (let r = begin; r < end; r++) {
    const row = logits + ((<usize>r * <usize>v) << 2);
    const top = largest(row, v);
    const peak = splat(top);
    const chosen = load<f32>(at(row, load<i32>(at(targets, r))));
    let total: f64 = 0;
    let weighted: f64 = 0;
    for (let i0 = 0; i0 < v; i0 += RUN) {
      const last = min(i0 + RUN, v);
      let sum0 = splat(0);
      let sum1 = splat(0);
      let product0 = splat(0);
      let product1 = splat(0);
      let i = i0;
      for (; i + 8 <= last; i += 8) {
        const z0 = f32x4.mul(f32x4.sub(v128.load(at(row, i)), peak), scale);
        const z1 = f32x4.mul(f32x4.sub(v128.load(at(row, i), 16), peak), scale);
        const e0 = exp4(z0);
        const e1 = exp4(z1);
        v128.store(at(row, i), e0);
        v128.store(at(row, i), e1, 16);
        sum0 = f32x4.add(sum0, e0);
        sum1 = f32x4.add(sum1, e1);
        product0 = fma(e0, z0, product0);
        product1 = fma(e1, z1, product1);
      }
      for (; i < last; i += 4) {
        const lanes = min(4, last - i);
        const z = f32x4.mul(f32x4.sub(loadUpTo(at(row, i), lanes), peak), scale);
        const e = keep(exp4(z), lanes);
        storeUpTo(at(row, i), e, lanes);
        sum0 = f32x4.add(sum0, e);
        product0 = fma(e, z, product0);
      }
      total += wideSumOf(sum0) + wideSumOf(sum1);
      weighted += wideSumOf(product0) + wideSumOf(product1);
    }
    store<f32>(at(totals, r), <f32>total);
    if (!logProbs) continue;
    const log = log1(total);
    const target = (<f64>chosen - <f64>top) * <f64>inverse;
    store<f32>(at(logProbs, r), <f32>(target - log));
    store<f32>(at(entropy, r), <f32>(log - weighted / total));
  }
}

/** Rows `begin` to `end` of what `logProbRows` left become d(dy·logProb)/dlogits = dy/temperature · (onehot(target) − softmax(z)). */
export function logProbRowsBackward(
  begin: i32,
  end: i32,
  scratch: usize,
  rows: usize,
  targets: usize,
  totals: usize,
  dy: usize,
  v: i32,
  inverse: f32,
): void {
  for (let r = begin; r < end; r++) {
    const row = rows + ((<usize>r * <usize>v) << 2);
    const weight = load<f32>(at(dy, r)) * inverse;
    if (weight == 0) {
      memory.fill(row, 0, (<usize>v) << 2);
      continue;
    }
    scaleRow(row, v, -weight / load<f32>(at(totals, r)));
    const target = at(row, load<i32>(at(targets, r)));
    store<f32>(target, load<f32>(target) + weight);
  }
}

/** `count` floats times `factor`, in place. */
@inline
function scaleRow(row: usize, count: i32, factor: f32): void {
  const factors = splat(factor);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const x0 = f32x4.mul(v128.load(at(row, i)), factors);
    const x1 = f32x4.mul(v128.load(at(row, i), 16), factors);
    v128.store(at(row, i), x0);
    v128.store(at(row, i), x1, 16);
  }
  for (; i < count; i += 4) {
    const lanes = min(4, count - i);
    storeUpTo(at(row, i), f32x4.mul(loadUpTo(at(row, i), lanes), factors), lanes);
  }
}

/** Scaled softmax of `count` scores in place; returns log Σ e^(scale·score). */
export function softmaxRow(row: usize, count: i32, scale: f32): f32 {
  const top = largest(row, count);
  const peak = splat(top);
  const scales = splat(scale);
  let sum0 = splat(0);
  let sum1 = splat(0);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const e0 = exp4(f32x4.mul(f32x4.sub(v128.load(at(row, i)), peak), scales));
    const e1 = exp4(f32x4.mul(f32x4.sub(v128.load(at(row, i), 16), peak), scales));
    v128.store(at(row, i), e0);
    v128.store(at(row, i), e1, 16);
    sum0 = f32x4.add(sum0, e0);
    sum1 = f32x4.add(sum1, e1);
  }
  for (; i < count; i += 4) {
    const lanes = min(4, count - i);
    const e = keep(exp4(f32x4.mul(f32x4.sub(loadUpTo(at(row, i), lanes), peak), scales)), lanes);
    storeUpTo(at(row, i), e, lanes);
    sum0 = f32x4.add(sum0, e);
  }
  const total = sumOf(f32x4.add(sum0, sum1));
  scaleRow(row, count, 1 / total);
  return top * scale + <f32>log1(<f64>total);
}
