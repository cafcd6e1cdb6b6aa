// Elementwise activations on floats `begin` to `end` of an array, eight a turn (vector.ts, "Pairs").
import { at, fma, geluCube, geluCubes, geluScale, loadUpTo, one, sigmoid4, storeUpTo } from './vector';

/** gelu with tanh is x·σ(2u), u = √(2/π)·(x + 0.044715·x³) (Hendrycks and Gimpel, arXiv 1606.08415, and ½(1 + tanh u) = σ(2u)). */
@inline
function geluOf(x: v128): v128 {
  const u = f32x4.mul(geluScale(), f32x4.mul(x, fma(geluCube(), f32x4.mul(x, x), one())));
  return f32x4.mul(x, sigmoid4(u));
}

/** d gelu/dx = σ + x·u′·σ·(1 − σ) */
@inline
function geluSlope(x: v128): v128 {
  const square = f32x4.mul(x, x);
  const s = sigmoid4(f32x4.mul(geluScale(), f32x4.mul(x, fma(geluCube(), square, one()))));
  const inner = f32x4.mul(geluScale(), fma(geluCubes(), square, one()));
  return fma(f32x4.mul(x, inner), f32x4.mul(s, f32x4.sub(one(), s)), s);
}

export function geluForward(begin: i32, end: i32, scratch: usize, x: usize, y: usize): void {
  let i = begin;
  for (; i + 8 <= end; i += 8) {
    const y0 = geluOf(v128.load(at(x, i)));
    const y1 = geluOf(v128.load(at(x, i), 16));
    v128.store(at(y, i), y0);
    v128.store(at(y, i), y1, 16);
  }
  for (; i < end; i += 4) storeUpTo(at(y, i), geluOf(loadUpTo(at(x, i), end - i)), end - i);
}

export function geluBackward(begin: i32, end: i32, scratch: usize, x: usize, dy: usize, dx: usize): void {
  let i = begin;
  for (; i + 8 <= end; i += 8) {
    const d0 = f32x4.mul(geluSlope(v128.load(at(x, i))), v128.load(at(dy, i)));
    const d1 = f32x4.mul(geluSlope(v128.load(at(x, i), 16)), v128.load(at(dy, i), 16));
    v128.store(at(dx, i), d0);
    v128.store(at(dx, i), d1, 16);
  }
  for (; i < end; i += 4) {
    const lanes = min(4, end - i);
    storeUpTo(at(dx, i), f32x4.mul(geluSlope(loadUpTo(at(x, i), lanes)), loadUpTo(at(dy, i), lanes)), lanes);
  }
}

@inline
function silu(g: v128): v128 {
  return f32x4.mul(g, sigmoid4(g));
}

/** y = gate·σ(gate)·up (Shazeer, arXiv 2002.05202) */
export function swigluForward(begin: i32, end: i32, scratch: usize, gate: usize, up: usize, y: usize): void {
  let i = begin;
  for (; i + 8 <= end; i += 8) {
    const y0 = f32x4.mul(silu(v128.load(at(gate, i))), v128.load(at(up, i)));
    const y1 = f32x4.mul(silu(v128.load(at(gate, i), 16)), v128.load(at(up, i), 16));
    v128.store(at(y, i), y0);
    v128.store(at(y, i), y1, 16);
  }
  for (; i < end; i += 4) {
    const lanes = min(4, end - i);
    storeUpTo(at(y, i), f32x4.mul(silu(loadUpTo(at(gate, i), lanes)), loadUpTo(at(up, i), lanes)), lanes);
  }
}

/** d silu/dg = σ·(1 + g·(1 − σ)) */
@inline
function siluSlope(g: v128, s: v128): v128 {
  return f32x4.mul(s, fma(g, f32x4.sub(one(), s), one()));
}

export function swigluBackward(
  begin: i32,
  end: i32,
  scratch: usize,
  gate: usize,
  up: usize,
  dy: usize,
  dgate: usize,
  dup: usize,
): void {
  let i = begin;
  for (; i + 8 <= end; i += 8) {
    const g0 = v128.load(at(gate, i));
    const g1 = v128.load(at(gate, i), 16);
    const gradient0 = v128.load(at(dy, i));
    const gradient1 = v128.load(at(dy, i), 16);
    const s0 = sigmoid4(g0);
    const s1 = sigmoid4(g1);
    const gate0 = f32x4.mul(f32x4.mul(gradient0, v128.load(at(up, i))), siluSlope(g0, s0));
    const gate1 = f32x4.mul(f32x4.mul(gradient1, v128.load(at(up, i), 16)), siluSlope(g1, s1));
    const up0 = f32x4.mul(gradient0, f32x4.mul(g0, s0));
    const up1 = f32x4.mul(gradient1, f32x4.mul(g1, s1));
    v128.store(at(dgate, i), gate0);
    v128.store(at(dgate, i), gate1, 16);
    v128.store(at(dup, i), up0);
    v128.store(at(dup, i), up1, 16);
  }
  for (; i < end; i += 4) {
    const lanes = min(4, end - i);
    const g = loadUpTo(at(gate, i), lanes);
    const gradient = loadUpTo(at(dy, i), lanes);
    const s = sigmoid4(g);
    storeUpTo(at(dgate, i), f32x4.mul(f32x4.mul(gradient, loadUpTo(at(up, i), lanes)), siluSlope(g, s)), lanes);
    storeUpTo(at(dup, i), f32x4.mul(gradient, f32x4.mul(g, s)), lanes);
  }
}
