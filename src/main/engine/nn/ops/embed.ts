import type * as tf from '@tensorflow/tfjs-core';
import { kernels } from './kernels.ts';
import { taped } from './taped.ts';

/** Rows of `table` [V, D] by `ids` [R] int32 → [R, D]. Ids must lie in 0 … V − 1: not every backend checks. */
export function embed(table: tf.Tensor2D, ids: tf.Tensor1D): tf.Tensor2D {
  return taped([table], () => ({
    value: kernels().embed(table, ids),
    saved: [ids],
    gradient: (dy, [ids]) => [kernels().embedGradient(table.shape, ids as tf.Tensor1D, dy as tf.Tensor2D)],
  }));
}
