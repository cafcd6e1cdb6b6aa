// Products of a few rows with a matrix: each weight is read once from memory, and by all rows while it is in the cache. Matrices are packed beforehand (weights.ts).
// An element is one chain of fused multiply-adds over its inputs: its bits depend on its row and its weights alone.
import { byQuantizedPanels, quantizeRows } from './quantized';
import { ADD, GELU, Linear, PLAIN, Segment, SEGMENT_BYTES, SEGMENTS, SWIGLU } from './tasks';
import { geluForward, swigluForward } from '../activation';
import { addTo } from '../embed';
import { normForward } from '../norm';
import { KEPT_TILE, PANEL, ROWS, settle, tile as tileOf } from '../tile';
import { at } from '../vector';

@inline
function padded(bytes: usize): usize {
  return (bytes + 63) & ~(<usize>63);
}

/** Makes the next task's input be prepared anew. */
export function forgetPrepared(prepared: usize): void {
  store<i32>(prepared, 0);
}

/**
 * Tile `tile` of a task. Its input is normed and quantized once by each thread, into the thread's own scratch: cheaper than a task before which all would wait.
 * `prepared` holds the number of the task that it was last done for.
 */
export function linear(task: Linear, tile: i32, scratch: usize, prepared: usize, number: i32): void {
  const rows = task.rows;
  const inputs = task.inputs;
  const first = changetype<usize>(task) + SEGMENTS;
  const eightBits = changetype<Segment>(first).scales != 0;
  const normed = at(scratch, KEPT_TILE);
  const statistics = normed + padded((<usize>rows * <usize>inputs) << 2);
  const quantized = statistics + padded((<usize>rows) << 3);
  const beside = quantized + (eightBits ? padded(<usize>rows * <usize>(8 * ((inputs + 3) >> 2) + 4)) : 0);
  if (load<i32>(prepared) != number) {
    if (task.gain) {
      normForward(0, rows, 0, task.x, task.gain, task.shift, normed, statistics, inputs, task.epsilon, task.centered != 0);
    }
    if (eightBits) quantizeRows(task.gain ? normed : task.x, rows, inputs, quantized);
    store<i32>(prepared, number);
  }
  const x = eightBits ? quantized : task.gain ? normed : task.x;

  const ending = task.ending;
  let begin = tile * task.columns;
  let address = first;
  let y = task.y;
  if (ending != SWIGLU) {
    for (let s = 1; s < task.segments; s++) {
      const outputs = changetype<Segment>(address).outputs;
      const whole = ((outputs + task.columns - 1) / task.columns) * task.columns;
      if (begin < whole) break;
      begin -= whole;
      y = at(y, outputs);
      address += SEGMENT_BYTES;
    }
  }
  const segment = changetype<Segment>(address);
  const end = min(begin + task.columns, segment.outputs);
  const width = end - begin;
  const span = task.span;
  y = at(y, begin);
  if (ending == ADD) product(x, inputs, rows, segment, begin, end, beside, width, scratch);
  else product(x, inputs, rows, segment, begin, end, y, span, scratch);
  if (ending == PLAIN) return;
  if (ending == SWIGLU) product(x, inputs, rows, changetype<Segment>(first + SEGMENT_BYTES), begin, end, beside, width, scratch);
  for (let r = 0; r < rows; r++) {
    const row = at(y, r * span);
    if (ending == GELU) geluForward(0, width, 0, row, row);
    else if (ending == ADD) addTo(0, width, 0, row, at(beside, r * width));
    else swigluForward(0, width, 0, row, at(beside, r * width), row);
  }
}

/** Outputs `begin` to `end` of a segment: y [rows, end − begin], rows `span` floats apart. `begin` is a multiple of PANEL. */
function product(
  x: usize,
  inputs: i32,
  rows: i32,
  segment: Segment,
  begin: i32,
  end: i32,
  y: usize,
  span: i32,
  kept: usize,
): void {
  const bias = segment.bias ? at(segment.bias, begin) : 0;
  if (segment.scales == 0) {
    byPanels(x, inputs, rows, segment.weight + ((<usize>begin * <usize>inputs) << 2), end - begin, bias, y, span, kept);
  } else {
    const weight = segment.weight + <usize>begin * <usize>(4 * ((inputs + 3) >> 2));
    byQuantizedPanels(x, inputs, rows, weight, at(segment.scales, begin), at(segment.sums, begin), end - begin, bias, y, span, kept);
  }
}

/** y [rows, count] = x [rows, k]·w (+ bias), w in panels [k, 16]. */
function byPanels(x: usize, k: i32, rows: i32, w: usize, count: i32, bias: usize, y: usize, span: i32, kept: usize): void {
  const bytes = (<usize>k) << 2;
  const step = (<usize>span) << 2;
  for (let n = 0; n < count; n += PANEL) {
    const panel = w + <usize>n * bytes;
    const width = min(PANEL, count - n);
    const beside = bias ? at(bias, n) : 0;
    for (let r = 0; r < rows; r += ROWS) {
      const height = min(ROWS, rows - r);
      const a0 = x + <usize>r * bytes;
      // Rows that are not there repeat the first: what they give is not written.
      const a1 = height > 1 ? a0 + bytes : a0;
      const a2 = height > 2 ? a0 + 2 * bytes : a0;
      const a3 = height > 3 ? a0 + 3 * bytes : a0;
      const to = at(y, r * span + n);
      if (height == ROWS && width == PANEL) tileOf(a0, a1, a2, a3, 4, panel, 64, k, to, step, beside, 0);
      else {
        tileOf(a0, a1, a2, a3, 4, panel, 64, k, kept, 64, 0, 0);
        settle(kept, to, step, height, width, beside, 0);
      }
    }
  }
}

/** The four sums of the lanes of a, b, c and d. */
@inline
export function sumsOf(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(i32x4.shuffle(c, d, 0, 4, 1, 5), i32x4.shuffle(c, d, 2, 6, 3, 7));
  return f32x4.add(i64x2.shuffle(ab, cd, 0, 2), i64x2.shuffle(ab, cd, 1, 3));
}
