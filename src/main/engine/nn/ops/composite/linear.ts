import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../../../backends/kernels.ts';

/** Transposes first: tfjs's wasm matMul is many times slower with its transpose flags. */
export const linear: Pick<Kernels, 'linear' | 'linearGradient'> = {
  linear: (x, w, b, transposed) =>
    tf.tidy(() => {
      const product: tf.Tensor2D = tf.matMul(x, transposed ? (tf.transpose(w) as tf.Tensor2D) : w); // [R, K] · [K, N]
      return b ? tf.add(product, b) : product;
    }),

  linearGradient: (x, w, dy, transposed, wanted) => ({
    dx: wanted.x ? tf.tidy(() => tf.matMul(dy, transposed ? w : (tf.transpose(w) as tf.Tensor2D))) : null, // [R, N] · [N, K]
    dw: wanted.w
      ? tf.tidy(() => (transposed ? tf.matMul(tf.transpose(dy) as tf.Tensor2D, x) : tf.matMul(tf.transpose(x) as tf.Tensor2D, dy)))
      : null, // [N, K] or [K, N]
    db: wanted.b ? tf.sum(dy, 0) : null,
  }),
};
