import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../../../backends/kernels.ts';

export const optimizer: Pick<Kernels, 'sumOfSquares' | 'adamw'> = {
  sumOfSquares: (g) => {
    let sum = 0;
    for (const value of g.dataSync()) sum += value * value;
    return sum;
  },

  /** p, m and v are variables: a composite assigns where a kernel writes in place. */
  adamw: (p, g, m, v, { learningRate, beta1, beta2, epsilon, weightDecay, c1, c2, scale }) =>
    tf.tidy(() => {
      const scaled = tf.mul(g, scale);
      const first = tf.add(tf.mul(m, beta1), tf.mul(scaled, 1 - beta1));
      const second = tf.add(tf.mul(v, beta2), tf.mul(tf.square(scaled), 1 - beta2));
      const update = tf.div(tf.div(first, c1), tf.add(tf.sqrt(tf.div(second, c2)), epsilon));
      const decayed = tf.mul(p, 1 - learningRate * weightDecay);
      (m as tf.Variable).assign(first);
      (v as tf.Variable).assign(second);
      (p as tf.Variable).assign(tf.sub(decayed, tf.mul(update, learningRate)));
    }),
};
