// The tasks of a program, as the host writes them into the heap (kernels/decode-program.ts lists the same fields in the same order). Every field has four bytes.

export const EMBED: i32 = 1;
export const LINEAR: i32 = 2;
export const ATTEND: i32 = 3;
export const DRAW: i32 = 4;
/** What stands behind the last task. */
export const END: i32 = 0;

/** Bytes from task to task. */
export const TASK_BYTES: usize = 128;

@unmanaged
export class Task {
  code: i32;
  /** Parts that threads take one by one. */
  tiles: i32;
  rows: i32;
}

/** x [R, D] = table[ids] + places[positions]; `places` 0 where positions are not learned. One tile. */
@unmanaged
export class Embed extends Task {
  table: usize;
  ids: usize;
  places: usize;
  positions: usize;
  x: usize;
  width: i32;
}

/** A matrix [outputs, inputs] of a linear task. `scales` and `sums` [outputs]: of 8-bit weights, 0 for float32. `bias` may be 0. */
@unmanaged
export class Segment {
  weight: usize;
  bias: usize;
  outputs: i32;
  scales: usize;
  sums: usize;
}

/** What is done with the products. */
export const PLAIN: i32 = 0;
export const GELU: i32 = 1;
/** y += */
export const ADD: i32 = 2;
/** Of two segments of the same size: silu(first)·second. */
export const SWIGLU: i32 = 3;

/**
 * y [R, span] = ending(normed x [R, inputs] · each segment's matrixᵀ + bias), the segments' outputs side by side. `gain` 0: x is not normed; `shift` 0: no bias of the norm.
 * A tile is `columns` outputs of one segment.
 */
@unmanaged
export class Linear extends Task {
  x: usize;
  inputs: i32;
  y: usize;
  span: i32;
  columns: i32;
  ending: i32;
  gain: usize;
  shift: usize;
  epsilon: f32;
  centered: i32;
  segments: i32;
}

/** Where a linear task's segments begin; each has SEGMENT_BYTES. */
export const SEGMENTS: usize = 56;
export const SEGMENT_BYTES: usize = 20;

/**
 * One new token a row. qkv [R, (H + 2G)·E] is q, k and v side by side; its keys and values go to `positions` of row `slots` of the caches [S, G, C, E], and its queries
 * see all up to there. y [R, H·E]. `cos` 0: no rotation; `qGain` 0: heads are not normed. A tile is `items` groups of heads.
 */
@unmanaged
export class Attend extends Task {
  qkv: usize;
  keys: usize;
  values: usize;
  slots: usize;
  positions: usize;
  y: usize;
  capacity: i32;
  heads: i32;
  groups: i32;
  width: i32;
  items: i32;
  cos: usize;
  sin: usize;
  qGain: usize;
  kGain: usize;
  epsilon: f32;
}

/**
 * A token a row by one uniform number each, float64 in [0, 1): the first at which the running sum of e^(inverse·(logits − largest)) passes that part of the whole.
 * −1 where a logit is not a number. A tile is a row.
 */
@unmanaged
export class Draw extends Task {
  logits: usize;
  uniforms: usize;
  ids: usize;
  /** Address of 1/temperature, float64. */
  inverse: usize;
  vocabulary: i32;
}
