import * as tf from '@tensorflow/tfjs-core';
import type { HeadSizes } from './attention.ts';
import { kernels } from './kernels.ts';
import { tapedTogether } from './taped.ts';

/** cos and sin of every position's angles, [T′, E/2] each. */
export interface RopeTables {
  cos: tf.Tensor2D;
  sin: tf.Tensor2D;
}

/**
 * Rotates each head of q [R, H·E] and k [R, G·E] by the angle of its position; `positions` [B, T] int32, R = B·T. The two are one op, because a GPU turns them in
 * one dispatch.
 */
export function rope(
  q: tf.Tensor2D,
  k: tf.Tensor2D,
  tables: RopeTables,
  positions: tf.Tensor2D,
  { heads, groups }: Pick<HeadSizes, 'heads' | 'groups'>,
): [tf.Tensor2D, tf.Tensor2D] {
  const turn = (parts: tf.Tensor[], [cos, sin, positions]: tf.Tensor[], sign: 1 | -1) => {
    const [batch, time] = (positions as tf.Tensor2D).shape;
    const [q, k] = parts.map((part) => tf.reshape(part, [batch, time, part.shape[1]!])) as [tf.Tensor3D, tf.Tensor3D];
    const by = [cos as tf.Tensor2D, sin as tf.Tensor2D, positions as tf.Tensor2D] as const;
    const { rope, ropeOfBoth } = kernels();
    const turned = ropeOfBoth ? ropeOfBoth(q, k, ...by, heads, groups, sign) : [rope(q, ...by, heads, sign), rope(k, ...by, groups, sign)];
    return turned.map((part) => tf.reshape(part, [batch * time, part.shape[2]!]));
  };
  const angles = [tables.cos, tables.sin, positions];
  return tapedTogether([q, k], () => ({
    values: turn([q, k], angles, 1),
    saved: angles,
    gradient: (dys, angles) => turn(dys, angles, -1), // a rotation's transpose is the rotation back
  }));
}
