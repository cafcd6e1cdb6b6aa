// Matrix product C [M, N] = A [M, K] · B [K, N], after the blocking of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
// An element of C is one chain of fused multiply-adds over k within a block of DEPTH, blocks added in order. That holds on every path below and in every tile, so an
// element's bits depend on its row of A and its column of B alone: not on the split over threads, nor on how many other rows there are (a batch of one samples as a batch of 64).
import { PANEL, packPanels, packTransposedPanel, packTransposedRows } from './pack';
import { at, fma, loadPart, splat, storePart, VECTOR } from './vector';

/** k of a block: a panel of B [DEPTH, 8] and four rows of A [4, DEPTH] stay in the first cache. */
const DEPTH: i32 = 256;
/** Columns of a block: DEPTH·WIDTH floats stay in the second cache. */
const WIDTH: i32 = 256;
/** From this many rows on, B is packed even where it could be read as it stands. */
const PACK_FROM: i32 = 16;
/** A matrix of more floats than this is not in the second cache: packing reads each of its lines once, in order. */
const CACHED: i32 = 1 << 17;
/** Rows that are a multiple of this many floats apart fall on the same few places of the first cache. */
const CONFLICT: i32 = 512;
/** Floats between panels beyond their own, against the same conflict. */
const GAP: i32 = 16;

/** Floats of scratch that `multiply` needs. */
export const GEMM_SCRATCH: i32 = 4 * DEPTH + (DEPTH * PANEL + GAP) * (WIDTH / PANEL);

/** Writes up to four floats of C: the first block adds the bias, the others add to what is there. */
@inline
function put(c: usize, v: v128, lanes: i32, bias: usize, accumulate: bool): void {
  if (lanes >= 4) {
    if (accumulate) v = f32x4.add(v, v128.load(c));
    else if (bias) v = f32x4.add(v, v128.load(bias));
    v128.store(c, v);
  } else if (lanes > 0) {
    if (accumulate) v = f32x4.add(v, loadPart(c, lanes));
    else if (bias) v = f32x4.add(v, loadPart(bias, lanes));
    storePart(c, v, lanes);
  }
}

/**
 * A tile of 4 rows and 8 columns. Row i of A is at a_i; B's rows of 8 are `step` bytes apart. `height` and `width` say how much of the tile is part of C.
 * `turned`: the tile is of Cᵀ, so that its rows run along C's columns.
 */
function tile(
  a0: usize,
  a1: usize,
  a2: usize,
  a3: usize,
  b: usize,
  step: usize,
  depth: i32,
  c: usize,
  cStep: usize,
  height: i32,
  width: i32,
  bias: usize,
  accumulate: bool,
  turned: bool,
): void {
  let c00 = splat(0);
  let c01 = splat(0);
  let c10 = splat(0);
  let c11 = splat(0);
  let c20 = splat(0);
  let c21 = splat(0);
  let c30 = splat(0);
  let c31 = splat(0);
  const end = at(a0, depth);
  const pairs = at(a0, depth & ~1);
  while (a0 < pairs) {
    let b0 = v128.load(b);
    let b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    x = v128.load32_splat(a1);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    x = v128.load32_splat(a2);
    c20 = fma(x, b0, c20);
    c21 = fma(x, b1, c21);
    x = v128.load32_splat(a3);
    c30 = fma(x, b0, c30);
    c31 = fma(x, b1, c31);
    b += step;
    b0 = v128.load(b);
    b1 = v128.load(b, 16);
    x = v128.load32_splat(a0, 4);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    x = v128.load32_splat(a1, 4);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    x = v128.load32_splat(a2, 4);
    c20 = fma(x, b0, c20);
    c21 = fma(x, b1, c21);
    x = v128.load32_splat(a3, 4);
    c30 = fma(x, b0, c30);
    c31 = fma(x, b1, c31);
    b += step;
    a0 += 8;
    a1 += 8;
    a2 += 8;
    a3 += 8;
  }
  if (a0 < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load32_splat(a0);
    c00 = fma(x, b0, c00);
    c01 = fma(x, b1, c01);
    x = v128.load32_splat(a1);
    c10 = fma(x, b0, c10);
    c11 = fma(x, b1, c11);
    x = v128.load32_splat(a2);
    c20 = fma(x, b0, c20);
    c21 = fma(x, b1, c21);
    x = v128.load32_splat(a3);
    c30 = fma(x, b0, c30);
    c31 = fma(x, b1, c31);
  }
  if (turned) {
    putTurned(c00, c10, c20, c30, c, cStep, height, width, bias, accumulate);
    putTurned(c01, c11, c21, c31, c + 4 * cStep, cStep, height, width - 4, bias, accumulate);
    return;
  }
  const right = bias ? bias + VECTOR : 0;
  put(c, c00, width, bias, accumulate);
  put(c + VECTOR, c01, width - 4, right, accumulate);
  if (height < 2) return;
  c += cStep;
  put(c, c10, width, bias, accumulate);
  put(c + VECTOR, c11, width - 4, right, accumulate);
  if (height < 3) return;
  c += cStep;
  put(c, c20, width, bias, accumulate);
  put(c + VECTOR, c21, width - 4, right, accumulate);
  if (height < 4) return;
  c += cStep;
  put(c, c30, width, bias, accumulate);
  put(c + VECTOR, c31, width - 4, right, accumulate);
}

/** Writes a 4×4 block of Cᵀ (its rows r0 … r3) as four rows of C, `rows` of which are there. */
@inline
function putTurned(
  r0: v128,
  r1: v128,
  r2: v128,
  r3: v128,
  c: usize,
  cStep: usize,
  lanes: i32,
  rows: i32,
  bias: usize,
  accumulate: bool,
): void {
  const low01 = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const low23 = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  const high23 = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  if (rows > 0) put(c, i64x2.shuffle(low01, low23, 0, 2), lanes, bias, accumulate);
  if (rows > 1) put(c + cStep, i64x2.shuffle(low01, low23, 1, 3), lanes, bias, accumulate);
  if (rows > 2) put(c + 2 * cStep, i64x2.shuffle(high01, high23, 0, 2), lanes, bias, accumulate);
  if (rows > 3) put(c + 3 * cStep, i64x2.shuffle(high01, high23, 1, 3), lanes, bias, accumulate);
}

/**
 * C [M, N] = A·B (+ bias [N], or + C when `accumulate`). `lda`, `ldb`, `ldc`: floats from row to row. A is stored [K, M] when `ta`, B [N, K] when `tb`.
 * Where B is stored [N, K] and A is no taller than B is wide, Cᵀ = Bᵀ·Aᵀ is computed instead: then the smaller matrix is the one that is packed.
 */
export function multiply(
  a: usize,
  lda: i32,
  ta: bool,
  b: usize,
  ldb: i32,
  tb: bool,
  c: usize,
  ldc: i32,
  m: i32,
  n: i32,
  k: i32,
  bias: usize,
  accumulate: bool,
  scratch: usize,
): void {
  if (k == 0) return;
  if (tb && !ta && m <= n) blocks(b, ldb, false, a, lda, true, c, ldc, n, m, k, bias, accumulate, true, scratch);
  else blocks(a, lda, ta, b, ldb, tb, c, ldc, m, n, k, bias, accumulate, false, scratch);
}

function blocks(
  a: usize,
  lda: i32,
  ta: bool,
  b: usize,
  ldb: i32,
  tb: bool,
  c: usize,
  ldc: i32,
  m: i32,
  n: i32,
  k: i32,
  bias: usize,
  accumulate: bool,
  turned: bool,
  scratch: usize,
): void {
  const rows = scratch;
  const panels = at(scratch, 4 * DEPTH);
  const aStep = (<usize>lda) << 2;
  const bStep = (<usize>ldb) << 2;
  const cStep = (<usize>ldc) << 2;
  const direct = !tb && m < PACK_FROM && n * k <= CACHED && (ldb & (CONFLICT - 1)) != 0;
  for (let n0 = 0; n0 < n; n0 += WIDTH) {
    const width = min(WIDTH, n - n0);
    for (let k0 = 0; k0 < k; k0 += DEPTH) {
      const depth = min(DEPTH, k - k0);
      const stride = (<usize>(depth * PANEL + GAP)) << 2;
      const source = tb ? at(b, k0) + <usize>n0 * bStep : at(b, n0) + <usize>k0 * bStep;
      const standing = direct ? width & ~(PANEL - 1) : 0;
      if (tb) {
        for (let j = 0; j < width; j += PANEL) {
          packTransposedPanel(source + <usize>j * bStep, ldb, depth, min(PANEL, width - j), panels + <usize>(j / PANEL) * stride);
        }
      } else if (standing < width) {
        packPanels(at(source, standing), ldb, depth, width - standing, panels + <usize>(standing / PANEL) * stride, stride);
      }
      const add = accumulate || k0 > 0;
      for (let m0 = 0; m0 < m; m0 += 4) {
        const height = min(4, m - m0);
        let a0 = at(a, k0) + <usize>m0 * aStep;
        // Rows that are not there repeat the first: what they give is not written.
        let a1 = height > 1 ? a0 + aStep : a0;
        let a2 = height > 2 ? a0 + 2 * aStep : a0;
        let a3 = height > 3 ? a0 + 3 * aStep : a0;
        if (ta) {
          packTransposedRows(at(a, m0) + <usize>k0 * aStep, lda, depth, height, rows, <usize>(DEPTH * 4));
          a0 = rows;
          a1 = rows + DEPTH * 4;
          a2 = rows + DEPTH * 8;
          a3 = rows + DEPTH * 12;
        }
        for (let j = 0; j < width; j += PANEL) {
          const columns = min(PANEL, width - j);
          const panel = j < standing ? at(source, j) : panels + <usize>(j / PANEL) * stride;
          const step = j < standing ? bStep : 2 * VECTOR;
          if (turned) {
            const to = at(c, m0) + <usize>(n0 + j) * cStep;
            tile(a0, a1, a2, a3, panel, step, depth, to, cStep, height, columns, bias ? at(bias, m0) : 0, add, true);
          } else {
            const to = at(c, n0 + j) + <usize>m0 * cStep;
            tile(a0, a1, a2, a3, panel, step, depth, to, cStep, height, columns, bias ? at(bias, n0 + j) : 0, add, false);
          }
        }
      }
    }
  }
}

/** Rows `begin` to `end` of `multiply`, or its columns when `byColumns`. */
export function gemm(
  begin: i32,
  end: i32,
  scratch: usize,
  byColumns: bool,
  a: usize,
  lda: i32,
  ta: bool,
  b: usize,
  ldb: i32,
  tb: bool,
  c: usize,
  ldc: i32,
  m: i32,
  n: i32,
  k: i32,
  bias: usize,
  accumulate: bool,
): void {
  if (byColumns) {
    const from = tb ? b + ((<usize>begin * <usize>ldb) << 2) : at(b, begin);
    multiply(a, lda, ta, from, ldb, tb, at(c, begin), ldc, m, end - begin, k, bias ? at(bias, begin) : 0, accumulate, scratch);
  } else {
    const from = ta ? at(a, begin) : a + ((<usize>begin * <usize>lda) << 2);
    multiply(from, lda, ta, b, ldb, tb, c + ((<usize>begin * <usize>ldc) << 2), ldc, end - begin, n, k, bias, accumulate, scratch);
  }
}

/** Products `begin` to `end` of a batch of dense matrices; a stride of 0 repeats one matrix (broadcast). */
export function gemmBatch(
  begin: i32,
  end: i32,
  scratch: usize,
  a: usize,
  aStride: i32,
  ta: bool,
  b: usize,
  bStride: i32,
  tb: bool,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  for (let i = begin; i < end; i++) {
    const to = c + ((<usize>i * <usize>m * <usize>n) << 2);
    const from = a + ((<usize>i * <usize>aStride) << 2);
    multiply(from, ta ? m : k, ta, b + ((<usize>i * <usize>bStride) << 2), tb ? k : n, tb, to, n, m, n, k, 0, false, scratch);
  }
}
