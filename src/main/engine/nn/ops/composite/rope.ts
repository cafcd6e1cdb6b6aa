import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../../../backends/kernels.ts';

/** Rotary positions (Su et al. 2021) in the half-split layout of Hugging Face: (a, b) → (a·cos − b·sin, b·cos + a·sin). */
export const rope: Pick<Kernels, 'rope'> = {
  rope: (x, cos, sin, positions, heads, sign) =>
    tf.tidy(() => {
      const [batch, time, width] = x.shape;
      const half = width / heads / 2;
      const rows = tf.reshape(positions, [batch * time]);
      const c = tf.reshape(tf.gather(cos, rows), [batch * time, 1, half]);
      const s = tf.mul(tf.reshape(tf.gather(sin, rows), [batch * time, 1, half]), sign);
      const [a, b] = tf.split(tf.reshape(x, [batch * time, heads, 2 * half]), 2, 2) as [tf.Tensor3D, tf.Tensor3D]; // [B·T, H, E/2] each
      const turned = tf.concat([tf.sub(tf.mul(a, c), tf.mul(b, s)), tf.add(tf.mul(b, c), tf.mul(a, s))], 2);
      return tf.reshape(turned, [batch, time, width]);
    }),
};
