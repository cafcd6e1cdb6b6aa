// Matrix product C [M, N] = A [M, K] · B [K, N], after the blocking of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
// An element of C is one chain of fused multiply-adds over k within a block of DEPTH, blocks added in order. That holds on every path below and in every tile, so an
// element's bits depend on its row of A and its column of B alone: not on the split over threads, nor on how many other rows there are (a batch of one samples as a batch of 64).
import { packColumns, packPanels, packTransposedPanel } from './pack';
import { KEPT_TILE, PANEL, ROWS, settle, settleTurned, tile, tile8 } from './tile';
import { at, VECTOR } from './vector';

/** k of a block: a panel of B [DEPTH, 16] and four rows of A [4, DEPTH] stay in the first cache. */
const DEPTH: i32 = 256;
/** Columns of a block: DEPTH·WIDTH floats stay in the second cache. */
const WIDTH: i32 = 256;
/** Rows that pass by a panel of B while it is in the first cache. */
const STRIP: i32 = 16;
/** From this many rows on, B is packed even where it could be read as it stands. */
const PACK_FROM: i32 = 16;
/** A matrix of more floats than this is not in the second cache: packing reads each of its lines once, in order. */
const CACHED: i32 = 1 << 17;
/** Rows that are a multiple of this many floats apart fall on the same few places of the first cache. */
const CONFLICT: i32 = 512;
/** Floats between panels beyond their own, against the same conflict. */
const GAP: i32 = 16;

/** Floats of scratch that `multiply` needs. */
export const GEMM_SCRATCH: i32 = KEPT_TILE + STRIP * DEPTH + (DEPTH * PANEL + GAP) * (WIDTH / PANEL);

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
  const columns = at(scratch, KEPT_TILE);
  const panels = at(columns, STRIP * DEPTH);
  const aStep = (<usize>lda) << 2;
  const bStep = (<usize>ldb) << 2;
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
      for (let m0 = 0; m0 < m; m0 += STRIP) {
        const height = min(STRIP, m - m0);
        let from = at(a, k0) + <usize>m0 * aStep;
        if (ta) {
          packColumns(at(a, m0) + <usize>k0 * aStep, lda, depth, height, columns, <usize>(DEPTH * 16));
          from = columns;
        }
        for (let j = 0; j < width; j += PANEL) {
          const panel = j < standing ? at(source, j) : panels + <usize>(j / PANEL) * stride;
          const step = j < standing ? bStep : 4 * VECTOR;
          const beside = bias ? at(bias, turned ? m0 : n0 + j) : 0;
          const to = turned ? at(c, m0) + (<usize>(n0 + j) * <usize>ldc << 2) : at(c, n0 + j) + (<usize>m0 * <usize>ldc << 2);
          strip(from, ta ? 0 : aStep, panel, step, depth, to, (<usize>ldc) << 2, height, min(PANEL, width - j), beside, add, turned, scratch);
        }
      }
    }
  }
}

/**
 * Up to STRIP rows of A past one panel of B. Rows are `aStep` bytes apart, or, when that is 0, packed by `packColumns`. `turned`: the result is a piece of Cᵀ.
 */
@inline
function strip(
  a: usize,
  aStep: usize,
  panel: usize,
  step: usize,
  depth: i32,
  c: usize,
  cStep: usize,
  height: i32,
  width: i32,
  bias: usize,
  accumulate: bool,
  turned: bool,
  kept: usize,
): void {
  const along: usize = aStep ? 4 : VECTOR;
  const apart: usize = aStep ? aStep : 4;
  for (let i = 0; i < height; i += ROWS) {
    const rows = min(ROWS, height - i);
    const a0 = a + <usize>i * (aStep ? aStep : <usize>(DEPTH * 4));
    // Rows that are not there repeat the first: what they give is not written.
    const a1 = rows > 1 ? a0 + apart : a0;
    const a2 = rows > 2 ? a0 + 2 * apart : a0;
    const a3 = rows > 3 ? a0 + 3 * apart : a0;
    if (!turned && rows == ROWS && width == PANEL) {
      tile(a0, a1, a2, a3, along, panel, step, depth, c + <usize>i * cStep, cStep, bias, accumulate);
      continue;
    }
    if (width <= PANEL / 2) tile8(a0, a1, a2, a3, along, panel, step, depth, kept, PANEL * 4, 0, false);
    else tile(a0, a1, a2, a3, along, panel, step, depth, kept, PANEL * 4, 0, false);
    if (turned) settleTurned(kept, at(c, i), cStep, rows, width, bias ? at(bias, i) : 0, accumulate);
    else settle(kept, c + <usize>i * cStep, cStep, rows, width, bias, accumulate);
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
