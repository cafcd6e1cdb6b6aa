import * as tf from '@tensorflow/tfjs-core';
import { kernels } from './kernels.ts';
import { taped } from './taped.ts';

/** cos and sin of every position's angles, [T′, E/2] each. */
export interface RopeTables {
  cos: tf.Tensor2D;
  sin: tf.Tensor2D;
}

/** Rotates each head of x [R, H·E] by the angle of its position; `positions` [B, T] int32, R = B·T. */
export function rope(x: tf.Tensor2D, tables: RopeTables, positions: tf.Tensor2D, heads: number): tf.Tensor2D {
  const turn = (x: tf.Tensor, cos: tf.Tensor2D, sin: tf.Tensor2D, positions: tf.Tensor2D, sign: 1 | -1) => {
    const [batch, time] = positions.shape;
    const turned = kernels().rope(tf.reshape(x, [batch, time, x.shape[1]!]), cos, sin, positions, heads, sign);
    return tf.reshape(turned, [batch * time, x.shape[1]!]);
  };
  return taped([x], () => ({
    value: turn(x, tables.cos, tables.sin, positions, 1),
    saved: [tables.cos, tables.sin, positions],
    gradient: (dy, [cos, sin, positions]) => [turn(dy, cos as tf.Tensor2D, sin as tf.Tensor2D, positions as tf.Tensor2D, -1)], // a rotation's transpose is the rotation back
  }));
}
