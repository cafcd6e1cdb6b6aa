import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Device } from '../device.ts';
import { type Program, program } from '../program.ts';

/** Invocations of a workgroup. */
const LANES = 256;

/** Rows and columns of C that a workgroup computes, and that each of its lanes does; `depth` of K is brought to workgroup memory at a time. */
interface Tile {
  rows: number;
  columns: number;
  rowsEach: number;
  columnsEach: number;
  depth: number;
}

const tiles = {
  /** Many outputs: each value that is read is used 64 times. */
  large: { rows: 64, columns: 64, rowsEach: 4, columnsEach: 4, depth: 16 },
  /** Fewer: more workgroups keep a GPU busy. */
  small: { rows: 32, columns: 32, rowsEach: 2, columnsEach: 2, depth: 32 },
  /** A decoding step: few rows, every weight read once. */
  flat: { rows: 8, columns: 32, rowsEach: 1, columnsEach: 1, depth: 32 },
} satisfies Record<string, Tile>;

/** Workgroups of large tiles from which they pay. */
const ENOUGH_GROUPS = 64;

/** What is done beside the product. `bias` [N] is added to every row; `columnSums` [N] of B or `rowSums` [M] of A go to a second output; `add` adds to C. */
type Extra = 'none' | 'bias' | 'columnSums' | 'rowSums' | 'add';

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
  extra: { kind: Extra; tensor?: TensorInfo } = { kind: 'none' },
): void {
  const groupsOf = (tile: Tile) => Math.ceil(m / tile.rows) * Math.ceil(n / tile.columns);
  const tile = m <= 2 * tiles.flat.rows ? 'flat' : groupsOf(tiles.large) >= ENOUGH_GROUPS ? 'large' : 'small';
  const tensors = [a.tensor, b.tensor, ...(extra.kind === 'bias' ? [extra.tensor!] : []), c.tensor];
  if (extra.kind === 'columnSums' || extra.kind === 'rowSums') tensors.push(extra.tensor!);
  const sizes = { m, n, k, aStep: a.step, bStep: b.step, aOffset: a.offset ?? 0, bOffset: b.offset ?? 0, cOffset: c.offset ?? 0 };
  device.run(gemm(tile, a.transposed, b.transposed, extra.kind), tensors, sizes, groupsOf(tiles[tile]));
}

const programs = new Map<string, Program>();

function gemm(tile: keyof typeof tiles, aTransposed: boolean, bTransposed: boolean, extra: Extra): Program {
  const name = `gemm ${tile}${aTransposed ? ' aT' : ''}${bTransposed ? ' bT' : ''} ${extra}`;
  const known = programs.get(name) ?? build(name, tiles[tile], aTransposed, bTransposed, extra);
  programs.set(name, known);
  return known;
}

function build(name: string, tile: Tile, aTransposed: boolean, bTransposed: boolean, extra: Extra): Program {
  const { rows, columns, rowsEach, columnsEach, depth } = tile;
  const [is, js] = [range(rowsEach), range(columnsEach)];
  const cells = is.flatMap((i) => js.map((j) => ({ i, j })));
  const sums = extra === 'columnSums' ? js : extra === 'rowSums' ? is : [];
  const line = rows + 1; // an odd step keeps lanes that write down a column in different banks
  return program({
    name,
    reads: ['a', 'b', ...(extra === 'bias' ? ['bias'] : [])],
    writes: ['c', ...(sums.length > 0 ? ['sums'] : [])],
    integers: ['m', 'n', 'k', 'aStep', 'bStep', 'aOffset', 'bOffset', 'cOffset'],
    lanes: LANES,
    declarations: `
var<workgroup> left: array<f32, ${depth * line}>;
var<workgroup> right: array<f32, ${depth * columns}>;`,
    body: `
  let across = (u.n + ${columns - 1}u) / ${columns}u;
  let firstRow = group / across * ${rows}u;
  let firstColumn = group % across * ${columns}u;
  let row = lane / ${columns / columnsEach}u * ${rowsEach}u;
  let column = lane % ${columns / columnsEach}u * ${columnsEach}u;
  ${cells.map(({ i, j }) => `var c${i}${j} = 0.0;`).join(' ')}
  ${sums.map((s) => `var sum${s} = 0.0;`).join(' ')}
  for (var start = 0u; start < u.k; start += ${depth}u) {
    for (var x = lane; x < ${rows * depth}u; x += ${LANES}u) {
      let r = ${aTransposed ? `x % ${rows}u` : `x / ${depth}u`};
      let d = ${aTransposed ? `x / ${rows}u` : `x % ${depth}u`};
      var value = 0.0;
      if (firstRow + r < u.m && start + d < u.k) {
        value = a[u.aOffset + ${aTransposed ? '(start + d) * u.aStep + firstRow + r' : '(firstRow + r) * u.aStep + start + d'}];
      }
      left[d * ${line}u + r] = value;
    }
    for (var x = lane; x < ${columns * depth}u; x += ${LANES}u) {
      let n = ${bTransposed ? `x / ${depth}u` : `x % ${columns}u`};
      let d = ${bTransposed ? `x % ${depth}u` : `x / ${columns}u`};
      var value = 0.0;
      if (firstColumn + n < u.n && start + d < u.k) {
        value = b[u.bOffset + ${bTransposed ? '(firstColumn + n) * u.bStep + start + d' : '(start + d) * u.bStep + firstColumn + n'}];
      }
      right[d * ${columns}u + n] = value;
    }
    workgroupBarrier();
    for (var d = 0u; d < ${depth}u; d++) {
      ${is.map((i) => `let a${i} = left[d * ${line}u + row + ${i}u];`).join(' ')}
      ${js.map((j) => `let b${j} = right[d * ${columns}u + column + ${j}u];`).join(' ')}
      ${cells.map(({ i, j }) => `c${i}${j} = fma(a${i}, b${j}, c${i}${j});`).join(' ')}
      ${sums.map((s) => `sum${s} += ${extra === 'columnSums' ? 'b' : 'a'}${s};`).join(' ')}
    }
    workgroupBarrier();
  }
  ${cells.map(({ i, j }) => store(i, j, extra)).join('\n  ')}
  ${sums.map((s) => storeSum(s, extra)).join('\n  ')}`,
  });
}

function store(i: number, j: number, extra: Extra): string {
  const at = `u.cOffset + (firstRow + row + ${i}u) * u.n + firstColumn + column + ${j}u`;
  const value =
    extra === 'bias' ? `c${i}${j} + bias[firstColumn + column + ${j}u]` : extra === 'add' ? `c[${at}] + c${i}${j}` : `c${i}${j}`;
  return `if (firstRow + row + ${i}u < u.m && firstColumn + column + ${j}u < u.n) { c[${at}] = ${value}; }`;
}

/** Only the first tile along the other axis writes a sum. */
function storeSum(s: number, extra: Extra): string {
  return extra === 'columnSums'
    ? `if (firstRow + row == 0u && firstColumn + column + ${s}u < u.n) { sums[firstColumn + column + ${s}u] = sum${s}; }`
    : `if (firstColumn + column == 0u && firstRow + row + ${s}u < u.m) { sums[firstRow + row + ${s}u] = sum${s}; }`;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
