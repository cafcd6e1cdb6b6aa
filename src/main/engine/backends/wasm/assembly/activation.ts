// Elementwise activations on floats `begin` to `end` of an array.
import { at, fma, loadPart, sigmoid4, splat, storePart } from './vector';

/** 2·√(2/π): gelu with tanh is x·σ(2u), u = √(2/π)·(x + 0.044715·x³) (Hendrycks and Gimpel, arXiv 1606.08415, and ½(1 + tanh u) = σ(2u)). */
const SLOPE: f32 = 1.5957691216057308;
const CUBE: f32 = 0.044715;

@inline
function geluOf(x: v128): v128 {
  const u = f32x4.mul(splat(SLOPE), f32x4.mul(x, fma(splat(CUBE), f32x4.mul(x, x), splat(1))));
  return f32x4.mul(x, sigmoid4(u));
}

/** d gelu/dx = σ + x·u′·σ·(1 − σ) */
@inline
function geluSlope(x: v128): v128 {
  const square = f32x4.mul(x, x);
  const s = sigmoid4(f32x4.mul(splat(SLOPE), f32x4.mul(x, fma(splat(CUBE), square, splat(1)))));
  const inner = f32x4.mul(splat(SLOPE), fma(splat(3 * CUBE), square, splat(1)));
  return fma(f32x4.mul(x, inner), f32x4.mul(s, f32x4.sub(splat(1), s)), s);
}

export function geluForward(begin: i32, end: i32, scratch: usize, x: usize, y: usize): void {
  let i = begin;
  for (; i + 4 <= end; i += 4) v128.store(at(y, i), geluOf(v128.load(at(x, i))));
  if (i < end) storePart(at(y, i), geluOf(loadPart(at(x, i), end - i)), end - i);
}

export function geluBackward(begin: i32, end: i32, scratch: usize, x: usize, dy: usize, dx: usize): void {
  let i = begin;
  for (; i + 4 <= end; i += 4) v128.store(at(dx, i), f32x4.mul(geluSlope(v128.load(at(x, i))), v128.load(at(dy, i))));
  if (i < end) {
    const lanes = end - i;
    storePart(at(dx, i), f32x4.mul(geluSlope(loadPart(at(x, i), lanes)), loadPart(at(dy, i), lanes)), lanes);
  }
}

/** y = gate·σ(gate)·up (Shazeer, arXiv 2002.05202) */
export function swigluForward(begin: i32, end: i32, scratch: usize, gate: usize, up: usize, y: usize): void {
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const g = v128.load(at(gate, i));
    v128.store(at(y, i), f32x4.mul(f32x4.mul(g, sigmoid4(g)), v128.load(at(up, i))));
  }
  if (i < end) {
    const g = loadPart(at(gate, i), end - i);
    storePart(at(y, i), f32x4.mul(f32x4.mul(g, sigmoid4(g)), loadPart(at(up, i), end - i)), end - i);
  }
}

/** d silu/dg = σ·(1 + g·(1 − σ)) */
@inline
function siluSlope(g: v128, s: v128): v128 {
  return f32x4.mul(s, fma(g, f32x4.sub(splat(1), s), splat(1)));
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
  for (; i + 4 <= end; i += 4) {
    const g = v128.load(at(gate, i));
    const gradient = v128.load(at(dy, i));
    const s = sigmoid4(g);
    v128.store(at(dup, i), f32x4.mul(gradient, f32x4.mul(g, s)));
    v128.store(at(dgate, i), f32x4.mul(f32x4.mul(gradient, v128.load(at(up, i))), siluSlope(g, s)));
  }
  if (i < end) {
    const lanes = end - i;
    const g = loadPart(at(gate, i), lanes);
    const gradient = loadPart(at(dy, i), lanes);
    const s = sigmoid4(g);
    storePart(at(dup, i), f32x4.mul(gradient, f32x4.mul(g, s)), lanes);
    storePart(at(dgate, i), f32x4.mul(f32x4.mul(gradient, loadPart(at(up, i), lanes)), siluSlope(g, s)), lanes);
  }
}
