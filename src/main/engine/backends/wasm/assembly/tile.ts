// The inner loop of every product: a tile of C in registers, one column of A and one row of B a turn.
// Each element is one chain of fused multiply-adds over k, whatever tile it stands in. Accumulators stand side by side in memory when they are stored: V8 then joins each two of
// them into one vector of 256 bits where the processor has those (compile.ts).
import { fma, loadUpTo, splat, storeUpTo, VECTOR } from './vector';

/** Rows of a tile. */
export const ROWS: i32 = 4;
/** Columns of a tile, and of a packed panel of B. */
export const PANEL: i32 = 16;
/** Bytes of a tile's row where it is kept until it is `settle`d. */
const KEPT: usize = 64;
/** Floats of a kept tile. */
export const KEPT_TILE: i32 = ROWS * PANEL;

/**
 * 1: the tile of 16 columns is the faster one (vectors of 256 bits, or 32 registers); 0: it would spill, and two tiles of 8 columns are taken. Given by the host, which measures;
 * results do not depend on it.
 */
@external('env', 'wide')
declare const wide: i32;

/** Whether tiles are best as wide, and as tall, as 16 registers of 256 bits allow. */
@inline
export function isWide(): bool {
  return wide != 0;
}

/**
 * c [4, 16] = a·b (+ bias [16]) (+ what stands at `onto`, its rows as far apart as C's). Row i of A begins at a_i and goes on every `aStep` bytes; B's rows of 16 are `bStep` bytes apart, C's `cStep`.
 */
export function tile(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  depth: i32,
  c: usize,
  cStep: usize,
  bias: usize,
  onto: usize,
): void {
  if (wide) tile16(a0, a1, a2, a3, aStep, b, bStep, depth, c, cStep, bias, onto);
  else {
    tile8(a0, a1, a2, a3, aStep, b, bStep, depth, c, cStep, bias, onto);
    const right = bias ? bias + 2 * VECTOR : 0;
    tile8(a0, a1, a2, a3, aStep, b + 2 * VECTOR, bStep, depth, c + 2 * VECTOR, cStep, right, onto ? onto + 2 * VECTOR : 0);
  }
}

function tile16(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  depth: i32,
  c: usize,
  cStep: usize,
  bias: usize,
  onto: usize,
): void {
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
    b += bStep;
    a0 += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
  }
  const r1 = c + cStep;
  const r2 = r1 + cStep;
  const r3 = r2 + cStep;
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
  }
  if (onto) {
    const o1 = onto + cStep;
    const o2 = o1 + cStep;
    const o3 = o2 + cStep;
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
  }
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
}

/** The same, 8 columns wide. */
export function tile8(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  depth: i32,
  c: usize,
  cStep: usize,
  bias: usize,
  onto: usize,
): void {
  let c00 = splat(0);
  let c01 = splat(0);
  let c10 = splat(0);
  let c11 = splat(0);
  let c20 = splat(0);
  let c21 = splat(0);
  let c30 = splat(0);
  let c31 = splat(0);
  const end = b + <usize>depth * bStep;
  while (b != end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const x0 = v128.load32_splat(a0);
    c00 = fma(x0, b0, c00);
    c01 = fma(x0, b1, c01);
    const x1 = v128.load32_splat(a1);
    c10 = fma(x1, b0, c10);
    c11 = fma(x1, b1, c11);
    const x2 = v128.load32_splat(a2);
    c20 = fma(x2, b0, c20);
    c21 = fma(x2, b1, c21);
    const x3 = v128.load32_splat(a3);
    c30 = fma(x3, b0, c30);
    c31 = fma(x3, b1, c31);
    b += bStep;
    a0 += aStep;
    a1 += aStep;
    a2 += aStep;
    a3 += aStep;
  }
  const r1 = c + cStep;
  const r2 = r1 + cStep;
  const r3 = r2 + cStep;
  if (bias) {
    const b0 = v128.load(bias);
    const b1 = v128.load(bias, 16);
    c00 = f32x4.add(c00, b0);
    c01 = f32x4.add(c01, b1);
    c10 = f32x4.add(c10, b0);
    c11 = f32x4.add(c11, b1);
    c20 = f32x4.add(c20, b0);
    c21 = f32x4.add(c21, b1);
    c30 = f32x4.add(c30, b0);
    c31 = f32x4.add(c31, b1);
  }
  if (onto) {
    const o1 = onto + cStep;
    const o2 = o1 + cStep;
    const o3 = o2 + cStep;
    c00 = f32x4.add(c00, v128.load(onto));
    c01 = f32x4.add(c01, v128.load(onto, 16));
    c10 = f32x4.add(c10, v128.load(o1));
    c11 = f32x4.add(c11, v128.load(o1, 16));
    c20 = f32x4.add(c20, v128.load(o2));
    c21 = f32x4.add(c21, v128.load(o2, 16));
    c30 = f32x4.add(c30, v128.load(o3));
    c31 = f32x4.add(c31, v128.load(o3, 16));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(r3, c30);
  v128.store(r3, c31, 16);
}

/** Writes up to four floats of C: + the bias and + what stands at `onto`, where there are these. */
@inline
function put(c: usize, v: v128, lanes: i32, bias: usize, onto: usize): void {
  if (bias) v = f32x4.add(v, loadUpTo(bias, lanes));
  if (onto) v = f32x4.add(v, loadUpTo(onto, lanes));
  storeUpTo(c, v, lanes);
}

/** A tile where less than all of it, or its transpose, is part of C: `kept` [4, 16] holds it until its `height` rows and `width` columns are written. */
export function settle(kept: usize, c: usize, cStep: usize, height: i32, width: i32, bias: usize, onto: usize): void {
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j += 4) {
      const offset = (<usize>j) << 2;
      put(c + offset, v128.load(kept + offset), width - j, bias ? bias + offset : 0, onto ? onto + offset : 0);
    }
    kept += KEPT;
    c += cStep;
    if (onto) onto += cStep;
  }
}

/** The same of a tile of Cᵀ: its `height` rows are columns of C, its `width` columns rows of C. */
export function settleTurned(kept: usize, c: usize, cStep: usize, height: i32, width: i32, bias: usize, onto: usize): void {
  const shift = onto - c;
  for (let j = 0; j < width; j += 4) {
    const r0 = v128.load(kept);
    const r1 = v128.load(kept, 64);
    const r2 = v128.load(kept, 128);
    const r3 = v128.load(kept, 192);
    const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
    const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
    const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
    const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
    const c1 = c + cStep;
    const c2 = c1 + cStep;
    const c3 = c2 + cStep;
    put(c, i64x2.shuffle(low01, low23, 0, 2), height, bias, onto ? c + shift : 0);
    if (j + 1 < width) put(c1, i64x2.shuffle(low01, low23, 1, 3), height, bias, onto ? c1 + shift : 0);
    if (j + 2 < width) put(c2, i64x2.shuffle(high01, high23, 0, 2), height, bias, onto ? c2 + shift : 0);
    if (j + 3 < width) put(c3, i64x2.shuffle(high01, high23, 1, 3), height, bias, onto ? c3 + shift : 0);
    kept += VECTOR;
    c += 4 * cStep;
  }
}
