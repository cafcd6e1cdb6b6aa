// Token embedding: rows of a table, and their gradient.
import { at, loadUpTo, storeUpTo } from './vector';

/** Rows `begin` to `end`: y [R, D] = table[ids]. */
export function embedForward(begin: i32, end: i32, scratch: usize, table: usize, ids: usize, y: usize, d: i32): void {
  const bytes = (<usize>d) << 2;
  for (let r = begin; r < end; r++) memory.copy(y + <usize>r * bytes, table + <usize>load<i32>(at(ids, r)) * bytes, bytes);
}

/**
 * Columns `begin` to `end` of dtable [V, D], which is zero before: dy [R, D] added into the rows of its ids, in the order of the rows.
 * An id outside the table adds nothing.
 */
export function embedBackward(
  begin: i32,
  end: i32,
  scratch: usize,
  ids: usize,
  dy: usize,
  dtable: usize,
  rows: i32,
  v: i32,
  d: i32,
): void {
  const bytes = (<usize>d) << 2;
  for (let r = 0; r < rows; r++) {
    const id = load<u32>(at(ids, r));
    if (id >= <u32>v) continue;
    const from = dy + <usize>r * bytes;
    const to = dtable + <usize>id * bytes;
    addTo(begin, end, 0, to, from);
  }
}

/** Floats `begin` to `end`: x += y. */
export function addTo(begin: i32, end: i32, scratch: usize, x: usize, y: usize): void {
  let i = begin;
  for (; i + 8 <= end; i += 8) {
    const x0 = f32x4.add(v128.load(at(x, i)), v128.load(at(y, i)));
    const x1 = f32x4.add(v128.load(at(x, i), 16), v128.load(at(y, i), 16));
    v128.store(at(x, i), x0);
    v128.store(at(x, i), x1, 16);
  }
  for (; i < end; i += 4) storeUpTo(at(x, i), f32x4.add(loadUpTo(at(x, i), end - i), loadUpTo(at(y, i), end - i)), end - i);
}

/** Bytes of floats `begin` to `end` become zero. */
export function clear(begin: i32, end: i32, scratch: usize, out: usize): void {
  memory.fill(at(out, begin), 0, (<usize>(end - begin)) << 2);
}
