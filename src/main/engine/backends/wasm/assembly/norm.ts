// LayerNorm and RMSNorm over rows of x [R, D]. Statistics [R, 2]: mean (0 for RMSNorm) and 1/deviation.
import { at, fma, keep, loadPart, splat, storePart, sumOf, VECTOR } from './vector';

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
  const whole = (<usize>(d & ~3)) << 2;
  const rest = d & 3;
  const bytes = (<usize>d) << 2;
  for (let r = begin; r < end; r++) {
    const from = x + <usize>r * bytes;
    const to = y + <usize>r * bytes;
    let mean: f32 = 0;
    if (centered) {
      let sum = splat(0);
      for (let i: usize = 0; i < whole; i += VECTOR) sum = f32x4.add(sum, v128.load(from + i));
      if (rest) sum = f32x4.add(sum, loadPart(from + whole, rest));
      mean = sumOf(sum) / <f32>d;
    }
    const m = splat(mean);
    let squares = splat(0);
    for (let i: usize = 0; i < whole; i += VECTOR) {
      const centeredX = f32x4.sub(v128.load(from + i), m);
      squares = fma(centeredX, centeredX, squares);
    }
    if (rest) {
      const centeredX = keep(f32x4.sub(loadPart(from + whole, rest), m), rest);
      squares = fma(centeredX, centeredX, squares);
    }
    const inverse: f32 = 1 / sqrt<f32>(sumOf(squares) / <f32>d + epsilon);
    store<f32>(at(statistics, 2 * r), mean);
    store<f32>(at(statistics, 2 * r + 1), inverse);
    const s = splat(inverse);
    for (let i: usize = 0; i < whole; i += VECTOR) {
      const unit = f32x4.mul(f32x4.sub(v128.load(from + i), m), s);
      v128.store(to + i, bias ? fma(unit, v128.load(gain + i), v128.load(bias + i)) : f32x4.mul(unit, v128.load(gain + i)));
    }
    if (rest) {
      const unit = f32x4.mul(f32x4.sub(loadPart(from + whole, rest), m), s);
      const scaled = f32x4.mul(unit, loadPart(gain + whole, rest));
      storePart(to + whole, bias ? f32x4.add(scaled, loadPart(bias + whole, rest)) : scaled, rest);
    }
  }
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
  const whole = (<usize>(d & ~3)) << 2;
  const rest = d & 3;
  const bytes = (<usize>d) << 2;
  for (let r = begin; r < end; r++) {
    const row = <usize>r * bytes;
    const from = x + row;
    const gradient = dy + row;
    const to = dx + row;
    const m = splat(load<f32>(at(statistics, 2 * r)));
    const s = splat(load<f32>(at(statistics, 2 * r + 1)));
    let plain = splat(0);
    let along = splat(0);
    for (let i: usize = 0; i < whole; i += VECTOR) {
      const t = f32x4.mul(v128.load(gradient + i), v128.load(gain + i));
      plain = f32x4.add(plain, t);
      along = fma(t, f32x4.mul(f32x4.sub(v128.load(from + i), m), s), along);
    }
    if (rest) {
      const t = f32x4.mul(loadPart(gradient + whole, rest), loadPart(gain + whole, rest));
      plain = f32x4.add(plain, t);
      along = fma(t, f32x4.mul(f32x4.sub(loadPart(from + whole, rest), m), s), along);
    }
    const mean = splat(centered ? sumOf(plain) / <f32>d : 0);
    const slope = splat(sumOf(along) / <f32>d);
    for (let i: usize = 0; i < whole; i += VECTOR) {
      const t = f32x4.mul(v128.load(gradient + i), v128.load(gain + i));
      const unit = f32x4.mul(f32x4.sub(v128.load(from + i), m), s);
      v128.store(to + i, f32x4.mul(s, f32x4.sub(f32x4.sub(t, mean), f32x4.mul(unit, slope))));
    }
    if (rest) {
      const t = f32x4.mul(loadPart(gradient + whole, rest), loadPart(gain + whole, rest));
      const unit = f32x4.mul(f32x4.sub(loadPart(from + whole, rest), m), s);
      storePart(to + whole, f32x4.mul(s, f32x4.sub(f32x4.sub(t, mean), f32x4.mul(unit, slope))), rest);
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
  for (let c = begin; c < end; c += 4) {
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
        const g = lanes == 4 ? v128.load(gradient) : loadPart(gradient, lanes);
        const value = lanes == 4 ? v128.load(from) : loadPart(from, lanes);
        const m = v128.load32_splat(at(statistics, 2 * r));
        const s = v128.load32_splat(at(statistics, 2 * r + 1));
        gainRun = fma(g, f32x4.mul(f32x4.sub(value, m), s), gainRun);
        biasRun = f32x4.add(biasRun, g);
        from += step;
        gradient += step;
      }
      gainTotal = f32x4.add(gainTotal, gainRun);
      biasTotal = f32x4.add(biasTotal, biasRun);
    }
    if (lanes == 4) {
      v128.store(at(dgain, c), gainTotal);
      v128.store(at(dbias, c), biasTotal);
    } else {
      storePart(at(dgain, c), gainTotal, lanes);
      storePart(at(dbias, c), biasTotal, lanes);
    }
  }
}

/** Columns `begin` to `end` of out [D] = Σ over the rows of x [R, D]: the gradient of a bias. */
export function columnSums(begin: i32, end: i32, scratch: usize, x: usize, out: usize, rows: i32, d: i32): void {
  const step = (<usize>d) << 2;
  for (let c = begin; c < end; c += 4) {
    const lanes = min(4, end - c);
    let total = splat(0);
    let from = at(x, c);
    for (let r0 = 0; r0 < rows; r0 += RUN) {
      const last = min(r0 + RUN, rows);
      let run = splat(0);
      for (let r = r0; r < last; r++) {
        run = f32x4.add(run, lanes == 4 ? v128.load(from) : loadPart(from, lanes));
        from += step;
      }
      total = f32x4.add(total, run);
    }
    if (lanes == 4) v128.store(at(out, c), total);
    else storePart(at(out, c), total, lanes);
  }
}
