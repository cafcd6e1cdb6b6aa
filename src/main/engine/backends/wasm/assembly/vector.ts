// What every kernel is written with: four f32 lanes, rows whose length need not be a multiple of four, and exp and log without tables.
// The module has no data segment: it lives in the heap of tfjs, where a table of constants would overwrite whatever stands at its address.
// Only relaxed_madd is relaxed here: it is one fused operation on every CPU that has it, in V8's first compiler as in its second, so equal inputs give equal bits.

// Pairs: two vectors that go the same way and end in neighboring stores (all that they need loaded before the first of them) become one vector of 256 bits where the
// processor has those (compile.ts). The loops that count are therefore written eight floats a turn. Sums meet the condition when they are stored side by side before they are added up.

/** Bytes of a vector. */
export const VECTOR: usize = 16;

@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** a·b + c */
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}

@inline
export function sumOf(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** Largest lane; f32.max would look for what is no number, in branches. */
@inline
export function maxOf(v: v128): f32 {
  const halves = f32x4.pmax(v, i64x2.shuffle(v, v, 1, 0));
  return f32x4.extract_lane(f32x4.pmax(halves, i32x4.shuffle(halves, halves, 1, 0, 3, 2)), 0);
}

/** Sum of the lanes in float64. */
@inline
export function wideSumOf(v: v128): f64 {
  return (
    <f64>f32x4.extract_lane(v, 0) + <f64>f32x4.extract_lane(v, 1) + (<f64>f32x4.extract_lane(v, 2) + <f64>f32x4.extract_lane(v, 3))
  );
}

/** Address of float `index` of an array. */
@inline
export function at(base: usize, index: i32): usize {
  return base + ((<usize>index) << 2);
}

/** The first `lanes` (1 to 3) floats at `address`, zero in the others: the end of a row, beyond which nothing may be read. */
@inline
export function loadPart(address: usize, lanes: i32): v128 {
  let v = v128.load32_zero(address);
  if (lanes > 1) v = f32x4.replace_lane(v, 1, load<f32>(address, 4));
  if (lanes > 2) v = f32x4.replace_lane(v, 2, load<f32>(address, 8));
  return v;
}

@inline
export function storePart(address: usize, v: v128, lanes: i32): void {
  store<f32>(address, f32x4.extract_lane(v, 0));
  if (lanes > 1) store<f32>(address, f32x4.extract_lane(v, 1), 4);
  if (lanes > 2) store<f32>(address, f32x4.extract_lane(v, 2), 8);
}

/** `loadPart` of up to three floats, or four. */
@inline
export function loadUpTo(address: usize, lanes: i32): v128 {
  return lanes >= 4 ? v128.load(address) : loadPart(address, lanes);
}

/** `storePart` of up to three floats, or four. */
@inline
export function storeUpTo(address: usize, v: v128, lanes: i32): void {
  if (lanes >= 4) v128.store(address, v);
  else storePart(address, v, lanes);
}

/** `count` floats become zero: for short rows, where memory.fill would cost a call out of the module. */
@inline
export function clearFloats(address: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) v128.store(at(address, i), splat(0));
  for (; i < count; i++) store<f32>(at(address, i), 0);
}

/** `v` with zero in every lane from `lanes` on. */
@inline
export function keep(v: v128, lanes: i32): v128 {
  return v128.and(v, i32x4.gt_s(i32x4.splat(lanes), i32x4(0, 1, 2, 3)));
}

/**
 * Where the constants of the functions below stand: 32 floats of the host's, filled by `prepare`. A constant in a loop would be built anew each turn (V8 takes three instructions for it),
 * which made e^x three times slower than loading it.
 */
@external('env', 'constants')
declare const constants: usize;

/** Fills the table of constants. To be called once, before any other function of the module. */
export function prepare(): void {
  // e^x
  store<f32>(constants, 88.0, 0);
  store<f32>(constants, -87.3, 4);
  store<f32>(constants, 1.4426950408889634, 8);
  store<f32>(constants, 12582912.0, 12); // 1.5·2²³: adding it rounds a float to an integer, which then stands in the low bits
  store<f32>(constants, -0.693359375, 16);
  store<f32>(constants, 2.1219444e-4, 20);
  store<f32>(constants, 1.98756915e-4, 24);
  store<f32>(constants, 1.3981999507e-3, 28);
  store<f32>(constants, 8.3334519073e-3, 32);
  store<f32>(constants, 4.1665795894e-2, 36);
  store<f32>(constants, 1.6666665459e-1, 40);
  store<f32>(constants, 5.0000001201e-1, 44);
  store<f32>(constants, 1.0, 48);
  // gelu
  store<f32>(constants, 1.5957691216057308, 52); // 2·√(2/π)
  store<f32>(constants, 0.044715, 56);
  store<f32>(constants, 3 * 0.044715, 60);
}

@inline
export function one(): v128 {
  return v128.load32_splat(constants, 48);
}

/** 2·√(2/π), 0.044715 and three times that: gelu's. */
@inline
export function geluScale(): v128 {
  return v128.load32_splat(constants, 52);
}

@inline
export function geluCube(): v128 {
  return v128.load32_splat(constants, 56);
}

@inline
export function geluCubes(): v128 {
  return v128.load32_splat(constants, 60);
}

/** e^x to about one unit in the last place (Cephes expf); x is held to where the result is a normal number, and NaN stays NaN. */
@inline
export function exp4(x0: v128): v128 {
  const x = f32x4.pmax(f32x4.pmin(x0, v128.load32_splat(constants, 0)), v128.load32_splat(constants, 4));
  const round = v128.load32_splat(constants, 12);
  const shifted = fma(x, v128.load32_splat(constants, 8), round);
  const n = f32x4.sub(shifted, round);
  const r = fma(n, v128.load32_splat(constants, 20), fma(n, v128.load32_splat(constants, 16), x));
  let p = fma(v128.load32_splat(constants, 24), r, v128.load32_splat(constants, 28));
  p = fma(p, r, v128.load32_splat(constants, 32));
  p = fma(p, r, v128.load32_splat(constants, 36));
  p = fma(p, r, v128.load32_splat(constants, 40));
  p = fma(p, r, v128.load32_splat(constants, 44));
  p = fma(p, f32x4.mul(r, r), f32x4.add(r, one()));
  // 2ⁿ: n's low bits moved to the exponent, whose zero is that of 1.0.
  return f32x4.mul(p, i32x4.add(i32x4.shl(shifted, 23), one()));
}

/** 1 / (1 + e^−x) */
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(one(), f32x4.add(one(), exp4(f32x4.neg(x))));
}

/** Natural logarithm of a positive normal number, to about 1e-12: the standard library's uses a table. */
export function log1(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let exponent = <f64>((bits >> 52) - 1023);
  let mantissa = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    exponent += 1.0;
  }
  const z = (mantissa - 1.0) / (mantissa + 1.0);
  const s = z * z;
  let series = 1.0 / 15.0;
  series = series * s + 1.0 / 13.0;
  series = series * s + 1.0 / 11.0;
  series = series * s + 1.0 / 9.0;
  series = series * s + 1.0 / 7.0;
  series = series * s + 1.0 / 5.0;
  series = series * s + 1.0 / 3.0;
  series = series * s + 1.0;
  return exponent * 0.6931471805599453 + 2.0 * z * series;
}
