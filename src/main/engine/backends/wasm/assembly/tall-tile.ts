// The tile that fills sixteen registers of 256 bits: twelve of C, two of B, and what is read of A. It does a fifteenth more a second than four rows do (tile.ts), so products of many
// rows take it; on vectors of 128 bits it would spill.
import { fma, splat } from './vector';

/** Rows of the tall tile. */
export const TALL: i32 = 6;

/** As `tile` of tile.ts, c [6, 16]. Row i of A begins `apart` bytes after row i − 1. */
export function tallTile(
  a0: usize,
  apart: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  depth: i32,
  c: usize,
  cStep: usize,
  bias: usize,
  onto: usize,
): void {
  let a1 = a0 + apart;
  let a2 = a1 + apart;
  let a3 = a2 + apart;
  let a4 = a3 + apart;
  let a5 = a4 + apart;
  let c00 = splat(0);
  let c01 = splat(0);
  let c02 = splat(0);
  let c03 = splat(0);
  let c10 = splat(0);
  let c11 = splat(0);
  let c12 = splat(0);
  let c13 = splat(0);
  let c20 = splat(0);
  let c21 = splat(0);
  let c22 = splat(0);
  let c23 = splat(0);
  let c30 = splat(0);
  let c31 = splat(0);
  let c32 = splat(0);
  let c33 = splat(0);
  let c40 = splat(0);
  let c41 = splat(0);
  let c42 = splat(0);
  let c43 = splat(0);
  let c50 = splat(0);
  let c51 = splat(0);
  let c52 = splat(0);
  let c53 = splat(0);
  const end = b + <usize>depth * bStep;
  while (b != end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    const x0 = v128.load32_splat(a0);
    c00 = fma(x0, b0, c00);
    c01 = fma(x0, b1, c01);
    c02 = fma(x0, b2, c02);
    c03 = fma(x0, b3, c03);
    const x1 = v128.load32_splat(a1);
    c10 = fma(x1, b0, c10);
    c11 = fma(x1, b1, c11);
    c12 = fma(x1, b2, c12);
    c13 = fma(x1, b3, c13);
    const x2 = v128.load32_splat(a2);
    c20 = fma(x2, b0, c20);
    c21 = fma(x2, b1, c21);
    c22 = fma(x2, b2, c22);
    c23 = fma(x2, b3, c23);
    const x3 = v128.load32_splat(a3);
    c30 = fma(x3, b0, c30);
    c31 = fma(x3, b1, c31);
    c32 = fma(x3, b2, c32);
    c33 = fma(x3, b3, c33);
    const x4 = v128.load32_splat(a4);
    c40 = fma(x4, b0, c40);
    c41 = fma(x4, b1, c41);
    c42 = fma(x4, b2, c42);
    c43 = fma(x4, b3, c43);
    const x5 = v128.load32_splat(a5);
    c50 = fma(x5, b0, c50);
    c51 = fma(x5, b1, c51);
    c52 = fma(x5, b2, c52);
    c53 = fma(x5, b3, c53);
    b += bStep;
    a0 += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
    a4 += aStep;
    a5 += aStep;
  }
  if (bias) {
    const b0 = v128.load(bias);
    const b1 = v128.load(bias, 16);
    const b2 = v128.load(bias, 32);
    const b3 = v128.load(bias, 48);
    c00 = f32x4.add(c00, b0);
    c01 = f32x4.add(c01, b1);
    c02 = f32x4.add(c02, b2);
    c03 = f32x4.add(c03, b3);
    c10 = f32x4.add(c10, b0);
    c11 = f32x4.add(c11, b1);
    c12 = f32x4.add(c12, b2);
    c13 = f32x4.add(c13, b3);
    c20 = f32x4.add(c20, b0);
    c21 = f32x4.add(c21, b1);
    c22 = f32x4.add(c22, b2);
    c23 = f32x4.add(c23, b3);
    c30 = f32x4.add(c30, b0);
    c31 = f32x4.add(c31, b1);
    c32 = f32x4.add(c32, b2);
    c33 = f32x4.add(c33, b3);
    c40 = f32x4.add(c40, b0);
    c41 = f32x4.add(c41, b1);
    c42 = f32x4.add(c42, b2);
    c43 = f32x4.add(c43, b3);
    c50 = f32x4.add(c50, b0);
    c51 = f32x4.add(c51, b1);
    c52 = f32x4.add(c52, b2);
    c53 = f32x4.add(c53, b3);
  }
  if (onto) {
    const o1 = onto + cStep;
    const o2 = o1 + cStep;
    const o3 = o2 + cStep;
    const o4 = o3 + cStep;
    const o5 = o4 + cStep;
    c00 = f32x4.add(c00, v128.load(onto));
    c01 = f32x4.add(c01, v128.load(onto, 16));
    c02 = f32x4.add(c02, v128.load(onto, 32));
    c03 = f32x4.add(c03, v128.load(onto, 48));
    c10 = f32x4.add(c10, v128.load(o1));
    c11 = f32x4.add(c11, v128.load(o1, 16));
    c12 = f32x4.add(c12, v128.load(o1, 32));
    c13 = f32x4.add(c13, v128.load(o1, 48));
    c20 = f32x4.add(c20, v128.load(o2));
    c21 = f32x4.add(c21, v128.load(o2, 16));
    c22 = f32x4.add(c22, v128.load(o2, 32));
    c23 = f32x4.add(c23, v128.load(o2, 48));
    c30 = f32x4.add(c30, v128.load(o3));
    c31 = f32x4.add(c31, v128.load(o3, 16));
    c32 = f32x4.add(c32, v128.load(o3, 32));
    c33 = f32x4.add(c33, v128.load(o3, 48));
    c40 = f32x4.add(c40, v128.load(o4));
    c41 = f32x4.add(c41, v128.load(o4, 16));
    c42 = f32x4.add(c42, v128.load(o4, 32));
    c43 = f32x4.add(c43, v128.load(o4, 48));
    c50 = f32x4.add(c50, v128.load(o5));
    c51 = f32x4.add(c51, v128.load(o5, 16));
    c52 = f32x4.add(c52, v128.load(o5, 32));
    c53 = f32x4.add(c53, v128.load(o5, 48));
  }
  const r1 = c + cStep;
  const r2 = r1 + cStep;
  const r3 = r2 + cStep;
  const r4 = r3 + cStep;
  const r5 = r4 + cStep;
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c, c02, 32);
  v128.store(c, c03, 48);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(r1, c12, 32);
  v128.store(r1, c13, 48);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(r2, c22, 32);
  v128.store(r2, c23, 48);
  v128.store(r3, c30);
  v128.store(r3, c31, 16);
  v128.store(r3, c32, 32);
  v128.store(r3, c33, 48);
  v128.store(r4, c40);
  v128.store(r4, c41, 16);
  v128.store(r4, c42, 32);
  v128.store(r4, c43, 48);
  v128.store(r5, c50);
  v128.store(r5, c51, 16);
  v128.store(r5, c52, 32);
  v128.store(r5, c53, 48);
}
