// Rotary position embedding (Su et al., arXiv 2104.09864) in the Llama layout: element i of a head turns with element i + E/2.
import { at, fma, splat } from './vector';

/** Rows `begin` to `end` of x [R, H·E] by row `positions[r]` of the tables [T, E/2]. `sign` −1 turns back: the gradient. */
export function rope(
  begin: i32,
  end: i32,
  scratch: usize,
  x: usize,
  y: usize,
  cos: usize,
  sin: usize,
  positions: usize,
  heads: i32,
  width: i32,
  sign: f32,
): void {
  const half = width >> 1;
  const signs = splat(sign);
  for (let r = begin; r < end; r++) {
    const row = load<i32>(at(positions, r)) * half;
    const c = at(cos, row);
    const s = at(sin, row);
    for (let h = 0; h < heads; h++) {
      const offset = (r * heads + h) * width;
      const low = at(x, offset);
      const high = at(x, offset + half);
      const lowOut = at(y, offset);
      const highOut = at(y, offset + half);
      let i = 0;
      for (; i + 4 <= half; i += 4) {
        const a = v128.load(at(low, i));
        const b = v128.load(at(high, i));
        const cosine = v128.load(at(c, i));
        const sine = f32x4.mul(v128.load(at(s, i)), signs);
        v128.store(at(lowOut, i), fma(a, cosine, f32x4.neg(f32x4.mul(b, sine))));
        v128.store(at(highOut, i), fma(b, cosine, f32x4.mul(a, sine)));
      }
      for (; i < half; i++) {
        const a = load<f32>(at(low, i));
        const b = load<f32>(at(high, i));
        const cosine = load<f32>(at(c, i));
        const sine = load<f32>(at(s, i)) * sign;
        store<f32>(at(lowOut, i), a * cosine - b * sine);
        store<f32>(at(highOut, i), b * cosine + a * sine);
      }
    }
  }
}
