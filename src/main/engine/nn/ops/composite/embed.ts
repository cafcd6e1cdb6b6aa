import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../../../backends/kernels.ts';

export const embed: Pick<Kernels, 'embed' | 'embedGradient'> = {
  embed: (table, ids) => tf.gather(table, ids),

  /** By a product with one-hot rows: not every backend has the segment sum that gather's own gradient is made of. */
  embedGradient: ([vocabulary], ids, dy) =>
    tf.tidy(() => {
      const places = tf.cast(tf.oneHot(ids, vocabulary), 'float32') as tf.Tensor2D; // [R, V]
      return tf.matMul(tf.transpose(places) as tf.Tensor2D, dy); // [V, D]
    }),
};
