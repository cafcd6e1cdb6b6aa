import * as tf from '@tensorflow/tfjs-core';
import { kernels } from './kernels.ts';
import { taped } from './taped.ts';

/**
 * What a block projects its input to, rows R = B·T: [q, k, v] of [R, H·E], [R, G·E], [R, G·E], or the three side by side in one tensor (GPT-2).
 */
export type Projections = [tf.Tensor2D] | [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];

/** Sizes of attention: H query heads of width E over G groups of keys and values. */
export interface HeadSizes {
  heads: number;
  groups: number;
  headWidth: number;
}

/** Causal attention over `mask` [B, T] int32 (0: padding) → [R, H·E]. Rows of padding are unspecified but finite. */
export function attention(projections: Projections, mask: tf.Tensor2D, sizes: HeadSizes): tf.Tensor2D {
  const { heads, groups } = sizes;
  const [batch, time] = mask.shape;
  const { attentionOfOne, attentionOfOneGradient } = kernels();
  if (projections.length === 1 && attentionOfOne && attentionOfOneGradient) {
    return taped(projections, () => {
      const qkv = timed(projections[0], batch, time);
      const { y, saved } = attentionOfOne(qkv, mask, heads, groups);
      return {
        value: tf.reshape(y, [batch * time, y.shape[2]]),
        saved: [qkv, mask, y, ...saved],
        gradient: (dy, [qkv, mask, y, ...saved]) => {
          const slopes = timed(dy as tf.Tensor2D, batch, time);
          const of = [qkv as tf.Tensor3D, mask as tf.Tensor2D, heads, groups, y as tf.Tensor3D] as const;
          const dqkv = attentionOfOneGradient(...of, saved, slopes);
          return [tf.reshape(dqkv, [batch * time, dqkv.shape[2]])];
        },
      };
    });
  }
  return taped(projections, () => {
    const [q, k, v] = unpack(projections, sizes).map((part) => timed(part, batch, time)) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    const { y, saved } = kernels().attention(q, k, v, mask, heads, groups);
    return {
      value: tf.reshape(y, [batch * time, y.shape[2]]),
      saved: [q, k, v, mask, y, ...saved],
      gradient: (dy, [q, k, v, mask, y, ...saved]) => {
        const { dq, dk, dv } = kernels().attentionGradient(
          q as tf.Tensor3D,
          k as tf.Tensor3D,
          v as tf.Tensor3D,
          mask as tf.Tensor2D,
          heads,
          groups,
          y as tf.Tensor3D,
          saved,
          timed(dy as tf.Tensor2D, batch, time),
        );
        const parts = [dq, dk, dv].map((part) => tf.reshape(part, [batch * time, part.shape[2]]));
        return projections.length === 1 ? [tf.concat(parts, 1)] : parts;
      },
    };
  });
}

/** [q, k, v] of projections in either form. */
export function unpack(projections: Projections, { heads, groups, headWidth }: HeadSizes): [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D] {
  if (projections.length === 3) return projections;
  return tf.split(projections[0], [heads * headWidth, groups * headWidth, groups * headWidth], 1) as [
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
  ];
}

/** [B·T, W] → [B, T, W]. */
function timed(x: tf.Tensor2D, batch: number, time: number): tf.Tensor3D {
  return tf.reshape(x, [batch, time, x.shape[1]]);
}
