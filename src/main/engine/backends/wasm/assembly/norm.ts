// LayerNorm and RMSNorm over rows of x [R, D]. Statistics [R, 2]: mean (0 for RMSNorm) and 1/deviation.
import { at, fma, keep, loadUpTo, splat, storeUpTo, sumOf } from './vector';

/** Rows `begin` to `end`. y = (x − mean)/deviation · gain + bias; `bias` is 0 where there is none. */
export function normForward(
  begin: i32,
  end: i32,
  scratch: usize,
  x: usize,
  gain: usize,
  bias: usize,
  y: usize,
  statistics: usize,
  d: i32,
  epsilon: f32,
  centered: bool,
): void {
  for (let r = begin; r < end; r++) {
    const from = x + ((<usize>r * <usize>d) << 2);
    const to = y + ((<usize>r * <usize>d) << 2);
    const mean: f32 = centered ? rowSum(from, d) / <f32>d : 0;
    const inverse: f32 = 1 / sqrt<f32>(squaresAround(from, d, mean) / <f32>d + epsilon);
    store<f32>(at(statistics, 2 * r), mean);
    store<f32>(at(statistics, 2 * r + 1), inverse);
    const m = splat(mean);
    const s = splat(inverse);
    let i = 0;
    for (; i + 8 <= d; i += 8) {
      let y0 = f32x4.mul(f32x4.mul(f32x4.sub(v128.load(at(from, i)), m), s), v128.load(at(gain, i)));
      let y1 = f32x4.mul(f32x4.mul(f32x4.sub(v128.load(at(from, i), 16), m), s), v128.load(at(gain, i), 16));
      if (bias) {
        y0 = f32x4.add(y0, v128.load(at(bias, i)));
        y1 = f32x4.add(y1, v128.load(at(bias, i), 16));
      }
      v128.store(at(to, i), y0);
      v128.store(at(to, i), y1, 16);
    }
    for (; i < d; i += 4) {
      const lanes = min(4, d - i);
      let out = f32x4.mul(f32x4.mul(f32x4.sub(loadUpTo(at(from, i), lanes), m), s), loadUpTo(at(gain, i), lanes));
      if (bias) out = f32x4.add(out, loadUpTo(at(bias, i), lanes));
      storeUpTo(at(to, i), out, lanes);
    }
  }
}

/** Σ x of a row. */
@inline
function rowSum(x: usize, d: i32): f32 {
  let sum0 = splat(0);
  let sum1 = splat(0);
  let i = 0;
  for (; i + 8 <= d; i += 8) {
    sum0 = f32x4.add(sum0, v128.load(at(x, i)));
    sum1 = f32x4.add(sum1, v128.load(at(x, i), 16));
  }
  for (; i < d; i += 4) sum0 = f32x4.add(sum0, loadUpTo(at(x, i), d - i));
  return sumOf(f32x4.add(sum0, sum1));
}

/** Σ (x − mean)² of a row. */
@inline
function squaresAround(x: usize, d: i32, mean: f32): f32 {
  const m = splat(mean);
  let sum0 = splat(0);
  let sum1 = splat(0);
  let i = 0;
  for (; i + 8 <= d; i += 8) {
    const x0 = f32x4.sub(v128.load(at(x, i)), m);
    const x1 = f32x4.sub(v128.load(at(x, i), 16), m);
    sum0 = fma(x0, x0, sum0);
    sum1 = fma(x1, x1, sum1);
  }
  for (; i < d; i += 4) {
    const rest = keep(f32x4.sub(loadUpTo(at(x, i), d - i), m), d - i);
    sum0 = fma(rest, rest, sum0);
  }
  return sumOf(f32x4.add(sum0, sum1));
}

/** Rows `begin` to `end` of dx = (t − mean(t) − x̂·mean(t·x̂))/deviation with t = dy·gain; RMSNorm has no mean(t). */
export function normBackward(
  begin: i32,
  end: i32,
  scratch: usize,
  x: usize,
  gain: usize,
  statistics: usize,
  dy: usize,
  dx: usize,
  d: i32,
  centered: bool,
): void {
  for (let r = begin; r < end; r++) {
    const row = (<usize>r * <usize>d) << 2;
    const from = x + row;
    const gradient = dy + row;
    const to = dx + row;
    const m = splat(load<f32>(at(statistics, 2 * r)));
    const s = splat(load<f32>(at(statistics, 2 * r + 1)));
    let plain0 = splat(0);
    let plain1 = splat(0);
    let along0 = splat(0);
    let along1 = splat(0);
    let i = 0;
    for (; i + 8 <= d; i += 8) {
      const t0 = f32x4.mul(v128.load(at(gradient, i)), v128.load(at(gain, i)));
      const t1 = f32x4.mul(v128.load(at(gradient, i), 16), v128.load(at(gain, i), 16));
      plain0 = f32x4.add(plain0, t0);
      plain1 = f32x4.add(plain1, t1);
      along0 = fma(t0, f32x4.sub(v128.load(at(from, i)), m), along0);
      along1 = fma(t1, f32x4.sub(v128.load(at(from, i), 16), m), along1);
    }
    for (; i < d; i += 4) {
      const t = f32x4.mul(loadUpTo(at(gradient, i), d - i), loadUpTo(at(gain, i), d - i));
      plain0 = f32x4.add(plain0, t);
      along0 = fma(t, f32x4.sub(loadUpTo(at(from, i), d - i), m), along0);
    }
    const mean = splat(centered ? sumOf(f32x4.add(plain0, plain1)) / <f32>d : 0);
    const slope = f32x4.mul(f32x4.mul(splat(sumOf(f32x4.add(along0, along1)) / <f32>d), s), s); // of x − m
    for (i = 0; i + 8 <= d; i += 8) {
      const t0 = f32x4.sub(f32x4.mul(v128.load(at(gradient, i)), v128.load(at(gain, i))), mean);
      const t1 = f32x4.sub(f32x4.mul(v128.load(at(gradient, i), 16), v128.load(at(gain, i), 16)), mean);
      const x0 = f32x4.mul(f32x4.sub(v128.load(at(from, i)), m), slope);
      const x1 = f32x4.mul(f32x4.sub(v128.load(at(from, i), 16), m), slope);
      v128.store(at(to, i), f32x4.mul(s, f32x4.sub(t0, x0)));
      v128.store(at(to, i), f32x4.mul(s, f32x4.sub(t1, x1)), 16);
    }
    for (; i < d; i += 4) {
      const lanes = min(4, d - i);
      const t = f32x4.sub(f32x4.mul(loadUpTo(at(gradient, i), lanes), loadUpTo(at(gain, i), lanes)), mean);
      const unit = f32x4.mul(f32x4.sub(loadUpTo(at(from, i), lanes), m), slope);
      storeUpTo(at(to, i), f32x4.mul(s, f32x4.sub(t, unit)), lanes);
    }
  }
}

/** Rows summed in one go before the running total grows: keeps float32 sums over thousands of rows close to the exact ones. */
const RUN: i32 = 64;

/** Columns `begin` to `end` of dgain [D] = Σ dy·x̂ and dbias [D] = Σ dy over the rows. A thread owns its columns whole, so no sum is split. */
export function normParameters(
  begin: i32,
  end: i32,
  scratch: usize,
  x: usize,
  statistics: usize,
  dy: usize,
  dgain: usize,
  dbias: usize,
  rows: i32,
  d: i32,
): void {
  const step = (<usize>d) << 2;
  let c = begin;
  for (; c + 8 <= end; c += 8) {
    let gain0 = splat(0);
    let gain1 = splat(0);
    let bias0 = splat(0);
    let bias1 = splat(0);
    let from = at(x, c);
    let gradient = at(dy, c);
    for (let r0 = 0; r0 < rows; r0 += RUN) {
      const last = min(r0 + RUN, rows);
      let gainRun0 = splat(0);
      let gainRun1 = splat(0);
      let biasRun0 = splat(0);
      let biasRun1 = splat(0);
      for (let r = r0; r < last; r++) {
        const m = v128.load32_splat(at(statistics, 2 * r));
        const s = v128.load32_splat(at(statistics, 2 * r), 4);
        const g0 = v128.load(gradient);
        const g1 = v128.load(gradient, 16);
        gainRun0 = fma(g0, f32x4.mul(f32x4.sub(v128.load(from), m), s), gainRun0);
        gainRun1 = fma(g1, f32x4.mul(f32x4.sub(v128.load(from, 16), m), s), gainRun1);
        biasRun0 = f32x4.add(biasRun0, g0);
        biasRun1 = f32x4.add(biasRun1, g1);
        from += step;
        gradient += step;
      }
      gain0 = f32x4.add(gain0, gainRun0);
      gain1 = f32x4.add(gain1, gainRun1);
      bias0 = f32x4.add(bias0, biasRun0);
      bias1 = f32x4.add(bias1, biasRun1);
    }
    v128.store(at(dgain, c), gain0);
    v128.store(at(dgain, c), gain1, 16);
    v128.store(at(dbias, c), bias0);
    v128.store(at(dbias, c), bias1, 16);
  }
  for (; c < end; c += 4) {
    const lanes = min(4, end - c);
    let gainTotal = splat(0);
    let biasTotal = splat(0);
    let from = at(x, c);
    let gradient = at(dy, c);
    for (let r0 = 0; r0 < rows; r0 += RUN) {
      const last = min(r0 + RUN, rows);
      let gainRun = splat(0);
      let biasRun = splat(0);
      for (let r = r0; r < last; r++) {
        const g = loadUpTo(gradient, lanes);
        const m = v128.load32_splat(at(statistics, 2 * r));
        const s = v128.load32_splat(at(statistics, 2 * r), 4);
        gainRun = fma(g, f32x4.mul(f32x4.sub(loadUpTo(from, lanes), m), s), gainRun);
        biasRun = f32x4.add(biasRun, g);
        from += step;
        gradient += step;
      }
      gainTotal = f32x4.add(gainTotal, gainRun);
      biasTotal = f32x4.add(biasTotal, biasRun);
    }
    storeUpTo(at(dgain, c), gainTotal, lanes);
    storeUpTo(at(dbias, c), biasTotal, lanes);
  }
}

/** Columns `begin` to `end` of out [D] = Σ over the rows of x [R, D]: the gradient of a bias. */
export function columnSums(begin: i32, end: i32, scratch: usize, x: usize, out: usize, rows: i32, d: i32): void {
  const step = (<usize>d) << 2;
  let c = begin;
  for (; c + 16 <= end; c += 16) {
    let total0 = splat(0);
    let total1 = splat(0);
    let total2 = splat(0);
    let total3 = splat(0);
    let from = at(x, c);
    for (let r0 = 0; r0 < rows; r0 += RUN) {
      const last = min(r0 + RUN, rows);
      let run0 = splat(0);
      let run1 = splat(0);
      let run2 = splat(0);
      let run3 = splat(0);
      for (let r = r0; r < last; r++) {
        run0 = f32x4.add(run0, v128.load(from));
        run1 = f32x4.add(run1, v128.load(from, 16));
        run2 = f32x4.add(run2, v128.load(from, 32));
        run3 = f32x4.add(run3, v128.load(from, 48));
        from += step;
      }
      total0 = f32x4.add(total0, run0);
      total1 = f32x4.add(total1, run1);
      total2 = f32x4.add(total2, run2);
      total3 = f32x4.add(total3, run3);
    }
    v128.store(at(out, c), total0);
    v128.store(at(out, c), total1, 16);
    v128.store(at(out, c), total2, 32);
    v128.store(at(out, c), total3, 48);
  }
  for (; c < end; c += 4) {
    const lanes = min(4, end - c);
    let total = splat(0);
    let from = at(x, c);
    for (let r0 = 0; r0 < rows; r0 += RUN) {
      const last = min(r0 + RUN, rows);
      let run = splat(0);
      for (let r = r0; r < last; r++) {
        run = f32x4.add(run, loadUpTo(from, lanes));
        from += step;
      }
      total = f32x4.add(total, run);
    }
    storeUpTo(at(out, c), total, lanes);
  }
}
