// Matrix product C [M, N] = A [M, K] · B [K, N], after the blocking of Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
// An element of C is one chain of fused multiply-adds over k within a block of DEPTH, blocks added in order. That holds on every path below and in every tile, so an
// element's bits depend on its row of A and its column of B alone: not on the split over threads, nor on how many other rows there are (a batch of one samples as a batch of 64).
import { packColumns, packPanels, packTransposedPanel } from './pack';
import { TALL, tallTile } from './tall-tile';
import { isWide, KEPT_TILE, PANEL, ROWS, settle, settleTurned, tile, tile8 } from './tile';
import { at, VECTOR } from './vector';

/** k of a block: a panel of B [DEPTH, 16] and four rows of A [4, DEPTH] stay in the first cache. */
const DEPTH: i32 = 256;
/** Columns of a block: DEPTH·WIDTH floats stay in the second cache. */
const WIDTH: i32 = 256;
/** Rows that pass by a panel of B while it is in the first cache. */
const STRIP: i32 = 12;
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
 * C [M, N] = A·B (+ bias [N]) (+ base, whose rows lie as C's; C itself to accumulate). `lda`, `ldb`, `ldc`: floats from row to row. A is stored [K, M] when `ta`, B [N, K] when `tb`.
 * Where B is stored [N, K] and A is so short that packing B would cost more than turning C, Cᵀ = Bᵀ·Aᵀ is computed instead, and A packed.
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
  base: usize,
  scratch: usize,
): void {
  if (k == 0) return;
  if (tb && !ta && m * (n + k) < n * k) blocks(b, ldb, false, a, lda, true, c, ldc, n, m, k, bias, base, true, scratch);
  else blocks(a, lda, ta, b, ldb, tb, c, ldc, m, n, k, bias, base, false, scratch);
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
  base: usize,
  turned: bool,
  scratch: usize,
): void {
  const packedRows = at(scratch, KEPT_TILE);
  const panels = at(packedRows, STRIP * DEPTH);
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
      // The first block adds bias and base, the others add to what is there.
      const sum = k0 > 0 ? c : base;
      const beside = k0 > 0 ? 0 : bias;
      for (let m0 = 0; m0 < m; m0 += STRIP) {
        const height = min(STRIP, m - m0);
        let from = at(a, k0) + <usize>m0 * aStep;
        if (ta) {
          packColumns(at(a, m0) + <usize>k0 * aStep, lda, depth, height, packedRows, STRIP);
          from = packedRows;
        }
        for (let j = 0; j < width; j += PANEL) {
          const panel = j < standing ? at(source, j) : panels + <usize>(j / PANEL) * stride;
          const step = j < standing ? bStep : 4 * VECTOR;
          const offset = turned ? (<usize>m0 << 2) + <usize>(n0 + j) * cStep : (<usize>(n0 + j) << 2) + <usize>m0 * cStep;
          const addend = beside ? at(beside, turned ? m0 : n0 + j) : 0;
          const onto = sum ? sum + offset : 0;
          const columns = min(PANEL, width - j);
          const apart: usize = ta ? 4 : aStep;
          const along: usize = ta ? STRIP * 4 : 4;
          strip(from, apart, along, panel, step, depth, c + offset, cStep, height, columns, addend, onto, turned, scratch);
        }
      }
    }
  }
}

/** `height` rows of A past one panel of B. Element (i, k) of A is at a + i·apart + k·along, in bytes. `turned`: the result is a piece of Cᵀ. */
function strip(
  a: usize,
  apart: usize,
  along: usize,
  panel: usize,
  step: usize,
  depth: i32,
  c: usize,
  cStep: usize,
  height: i32,
  width: i32,
  bias: usize,
  onto: usize,
  turned: bool,
  kept: usize,
): void {
  let i = 0;
  if (!turned && width == PANEL && isWide()) {
    for (; i + TALL <= height; i += TALL) {
      const offset = <usize>i * cStep;
      tallTile(a, apart, along, panel, step, depth, c + offset, cStep, bias, onto ? onto + offset : 0);
      a += TALL * apart;
    }
  }
  for (; i < height; i += ROWS) {
    const rows = min(ROWS, height - i);
    // Rows that are not there repeat the first: what they give is not written.
    const a1 = rows > 1 ? a + apart : a;
    const a2 = rows > 2 ? a + 2 * apart : a;
    const a3 = rows > 3 ? a + 3 * apart : a;
    const offset = turned ? (<usize>i) << 2 : <usize>i * cStep;
    const there = onto ? onto + offset : 0;
    if (!turned && rows == ROWS && width == PANEL) {
      tile(a, a1, a2, a3, along, panel, step, depth, c + offset, cStep, bias, there);
    } else {
      if (width <= PANEL / 2) tile8(a, a1, a2, a3, along, panel, step, depth, kept, PANEL * 4, 0, 0);
      else tile(a, a1, a2, a3, along, panel, step, depth, kept, PANEL * 4, 0, 0);
      if (turned) settleTurned(kept, c + offset, cStep, rows, width, bias ? at(bias, i) : 0, there);
      else settle(kept, c + offset, cStep, rows, width, bias, there);
    }
    a += ROWS * apart;
  }
}

/** Floats of a matrix [k, n] in panels. */
@inline
export function panelFloats(k: i32, n: i32): i32 {
  return k * ((n + PANEL - 1) & ~(PANEL - 1));
}

/** All of B [k, n] (stored [n, k] when `tb`) in panels [k, 16], one after the other: for products that meet the same small matrix many times. */
export function packWhole(b: usize, ldb: i32, tb: bool, k: i32, n: i32, panels: usize): void {
  const stride = (<usize>(k * PANEL)) << 2;
  if (!tb) packPanels(b, ldb, k, n, panels, stride);
  else {
    for (let j = 0; j < n; j += PANEL) {
      packTransposedPanel(b + ((<usize>j * <usize>ldb) << 2), ldb, k, min(PANEL, n - j), panels);
      panels += stride;
    }
  }
}

/**
 * C [m, n] = A·B over the first `depth` rows of panels that are `stride` bytes apart (+ what stands at `onto`). Element (i, k) of A is at a + i·apart + k·along bytes.
 * `kept`: KEPT_TILE floats of scratch.
 */
export function multiplyPanels(
  a: usize,
  apart: usize,
  along: usize,
  panels: usize,
  stride: usize,
  depth: i32,
  c: usize,
  cStep: usize,
  m: i32,
  n: i32,
  onto: usize,
  kept: usize,
): void {
  for (let j = 0; j < n; j += PANEL) {
    const width = min(PANEL, n - j);
    strip(a, apart, along, panels, 4 * VECTOR, depth, at(c, j), cStep, m, width, 0, onto ? at(onto, j) : 0, false, kept);
    panels += stride;
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
  base: usize,
): void {
  if (byColumns) {
    const from = tb ? b + ((<usize>begin * <usize>ldb) << 2) : at(b, begin);
    multiply(a, lda, ta, from, ldb, tb, at(c, begin), ldc, m, end - begin, k, bias ? at(bias, begin) : 0, base ? at(base, begin) : 0, scratch);
  } else {
    const from = ta ? at(a, begin) : a + ((<usize>begin * <usize>lda) << 2);
    const offset = (<usize>begin * <usize>ldc) << 2;
    multiply(from, lda, ta, b, ldb, tb, c + offset, ldc, end - begin, n, k, bias, base ? base + offset : 0, scratch);
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
    multiply(from, ta ? m : k, ta, b + ((<usize>i * <usize>bStride) << 2), tb ? k : n, tb, to, n, m, n, k, 0, 0, scratch);
  }
}
