import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.ts';
import { type Program, program } from '../program.ts';

/** Invocations of a workgroup. */
const LANES = 256;

/** Rows and columns of C that a workgroup computes; each of its lanes does `each` rows by `each` columns. `depth` of K is brought to workgroup memory at a time. */
interface Tile {
  rows: number;
  columns: number;
  each: number;
  depth: number;
}

const tiles = {
  /** Many outputs: each value that is read is used 64 times. */
  large: { rows: 64, columns: 64, each: 4, depth: 16 },
  /** Fewer: more workgroups keep a GPU busy. */
  small: { rows: 32, columns: 32, each: 2, depth: 32 },
  /** A decoding step: few rows, every weight read once. */
  flat: { rows: 8, columns: 32, each: 1, depth: 32 },
} satisfies Record<string, Tile>;

/** Workgroups of large tiles from which they pay. */
const ENOUGH_GROUPS = 64;

/**
 * What is done beside the product: `bias` [N] is added to every row, and C is added to what it was or to `base` [M, N]; `columnSums` [N] of B or `rowSums` [M]
 * of A go to a second output.
 */
export interface Extra {
  bias?: TensorInfo | null;
  /** A factor of the product. Default 1. */
  scale?: number;
  addTo?: 'itself' | { base: TensorInfo };
  sums?: { of: 'columns' | 'rows'; into: TensorInfo };
}

/** The kinds of extras that have a shader of their own. */
interface Kind {
  bias: boolean;
  addTo: 'itself' | 'base' | null;
  sums: 'columns' | 'rows' | null;
}

/** A matrix in a tensor: `offset` floats in, `step` floats from one stored row to the next, stored the other way round if `transposed`. */
export interface Operand {
  tensor: TensorInfo;
  step: number;
  transposed: boolean;
  offset?: number;
}

/**
 * C [M, N] = A [M, K] · B [K, N], row by row from `offset` floats into `c`. Every element is summed along K in order by fused multiply-adds, whatever the tile,
 * so a row's bits do not depend on how many rows there are.
 */
export function multiply(
  device: Device,
  a: Operand,
  b: Operand,
  c: { tensor: TensorInfo; offset?: number },
  { m, n, k }: { m: number; n: number; k: number },
  { bias, scale = 1, addTo, sums }: Extra = {},
): void {
  const groupsOf = (tile: Tile) => Math.ceil(m / tile.rows) * Math.ceil(n / tile.columns);
  const tile = m <= 2 * tiles.flat.rows ? 'flat' : groupsOf(tiles.large) >= ENOUGH_GROUPS ? 'large' : 'small';
  const base = typeof addTo === 'object' ? addTo.base : null;
  const kind: Kind = { bias: bias != null, addTo: base ? 'base' : addTo === 'itself' ? addTo : null, sums: sums?.of ?? null };
  const tensors = [a.tensor, b.tensor, bias, base, c.tensor, sums?.into].filter((tensor) => tensor != null);
  const sizes = { m, n, k, aStep: a.step, bStep: b.step, aOffset: a.offset ?? 0, bOffset: b.offset ?? 0, cOffset: c.offset ?? 0, scale };
  device.run(gemm(tile, a.transposed, b.transposed, kind), tensors, sizes, groupsOf(tiles[tile]));
}

const programs = new Map<string, Program>();

function gemm(tile: keyof typeof tiles, aTransposed: boolean, bTransposed: boolean, kind: Kind): Program {
  const extras = `${kind.bias ? ' bias' : ''}${kind.addTo ? ` added to ${kind.addTo}` : ''}${kind.sums ? ` sums of ${kind.sums}` : ''}`;
  const name = `gemm ${tile}${aTransposed ? ' aT' : ''}${bTransposed ? ' bT' : ''}${extras}`;
  const known = programs.get(name) ?? build(name, tiles[tile], aTransposed, bTransposed, kind);
  programs.set(name, known);
  return known;
}

/**
 * Lanes of one tile bring A and B to workgroup memory as vectors of the rows and columns that a lane does, so that a step along K is two loads for all its cells.
 * A vector is written whole: writing one component may touch the others.
 */
function build(name: string, tile: Tile, aTransposed: boolean, bTransposed: boolean, { bias, addTo, sums }: Kind): Program {
  const { rows, columns, each, depth } = tile;
  const vector = each === 1 ? 'f32' : `vec${each}f`;
  const parts = range(each);
  const [rowVectors, columnVectors] = [rows / each, columns / each];
  const line = rowVectors + 1; // an odd step keeps lanes that write down a column in different banks
  const component = (value: string, i: number) => (each === 1 ? value : `${value}[${i}]`);
  /** Vector `x` of those that fill a tile; lanes that follow each other read what lies side by side. */
  const fill = (into: string, read: string, vectors: number, step: number, isTransposed: boolean) => `
    for (var x = lane; x < ${vectors * depth}u; x += ${LANES}u) {
      let v = ${isTransposed ? `x % ${vectors}u` : `x / ${depth}u`};
      let d = ${isTransposed ? `x / ${vectors}u` : `x % ${depth}u`};
      ${into}[d * ${step}u + v] = ${vector}(${parts.map((i) => `${read}(${each}u * v + ${i}u, start + d)`).join(', ')});
    }`;
  return program({
    name,
    reads: ['a', 'b', ...(bias ? ['bias'] : []), ...(addTo === 'base' ? ['base'] : [])],
    writes: ['c', ...(sums ? ['sums'] : [])],
    integers: ['m', 'n', 'k', 'aStep', 'bStep', 'aOffset', 'bOffset', 'cOffset'],
    floats: ['scale'],
    lanes: LANES,
    declarations: `
var<workgroup> left: array<${vector}, ${depth * line}>;
var<workgroup> right: array<${vector}, ${depth * columnVectors}>;
var<private> firstRow: u32;
var<private> firstColumn: u32;
fn readA(row: u32, d: u32) -> f32 {
  let m = firstRow + row;
  if (m >= u.m || d >= u.k) { return 0.0; }
  return a[u.aOffset + ${aTransposed ? 'd * u.aStep + m' : 'm * u.aStep + d'}];
}
fn readB(column: u32, d: u32) -> f32 {
  let n = firstColumn + column;
  if (n >= u.n || d >= u.k) { return 0.0; }
  return b[u.bOffset + ${bTransposed ? 'n * u.bStep + d' : 'd * u.bStep + n'}];
}`,
    body: `
  let across = (u.n + ${columns - 1}u) / ${columns}u;
  firstRow = group / across * ${rows}u;
  firstColumn = group % across * ${columns}u;
  let row = lane / ${columnVectors}u;
  let column = lane % ${columnVectors}u;
  ${parts.map((i) => `var c${i} = ${vector}();`).join(' ')}
  ${sums ? `var sum = ${vector}();` : ''}
  for (var start = 0u; start < u.k; start += ${depth}u) {
    ${fill('left', 'readA', rowVectors, line, aTransposed)}
    ${fill('right', 'readB', columnVectors, columnVectors, !bTransposed)}
    workgroupBarrier();
    for (var d = 0u; d < ${depth}u; d++) {
      let a = left[d * ${line}u + row];
      let b = right[d * ${columnVectors}u + column];
      ${parts.map((i) => `c${i} = fma(${vector}(${component('a', i)}), b, c${i});`).join(' ')}
      ${sums ? `sum += ${sums === 'columns' ? 'b' : 'a'};` : ''}
    }
    workgroupBarrier();
  }
  let m = firstRow + row * ${each}u;
  let n = firstColumn + column * ${each}u;
  ${parts.flatMap((i) => parts.map((j) => store(i, j, `${component(`c${i}`, j)} * u.scale`, bias, addTo))).join('\n  ')}
  ${sums ? parts.map((i) => storeSum(i, component('sum', i), sums)).join('\n  ') : ''}`,
  });
}

function store(i: number, j: number, sum: string, bias: boolean, addTo: Kind['addTo']): string {
  const at = `u.cOffset + (m + ${i}u) * u.n + n + ${j}u`;
  const biased = bias ? `(${sum} + bias[n + ${j}u])` : sum;
  const value = addTo === null ? biased : `${addTo === 'base' ? 'base' : 'c'}[${at}] + ${biased}`;
  return `if (m + ${i}u < u.m && n + ${j}u < u.n) { c[${at}] = ${value}; }`;
}

/** Only the first tile along the other axis writes a sum. */
function storeSum(i: number, sum: string, of: 'columns' | 'rows'): string {
  const [other, own, end] = of === 'columns' ? ['m', 'n', 'u.n'] : ['n', 'm', 'u.m'];
  return `if (${other} == 0u && ${own} + ${i}u < ${end}) { sums[${own} + ${i}u] = ${sum}; }`;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
