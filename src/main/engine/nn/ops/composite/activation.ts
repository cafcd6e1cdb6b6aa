import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../../../backends/kernels.ts';

/** gelu_new is x·σ(2u) with u = √(2/π)·(x + 0.044715x³), since ½(1 + tanh u) = σ(2u). */
const twice = 2 * Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

export const activation: Pick<Kernels, 'gelu' | 'geluGradient' | 'swiglu' | 'swigluGradient'> = {
  gelu: (x) =>
    tf.tidy(() => {
      const inner = tf.mul(x, tf.add(tf.mul(tf.square(x), twice * cubic), twice));
      return tf.mul(x, tf.sigmoid(inner));
    }),

  geluGradient: (x, dy) =>
    tf.tidy(() => {
      const square = tf.square(x);
      const s = tf.sigmoid(tf.mul(x, tf.add(tf.mul(square, twice * cubic), twice)));
      const slope = tf.add(tf.mul(square, 3 * twice * cubic), twice); // d(2u)/dx
      return tf.mul(dy, tf.mul(s, tf.add(1, tf.mul(tf.mul(x, slope), tf.sub(1, s)))));
    }),

  swiglu: (gate, up) => tf.tidy(() => tf.mul(tf.mul(gate, tf.sigmoid(gate)), up)),

  swigluGradient: (gate, up, dy) => {
    const [dgate, dup] = tf.tidy(() => {
      const s = tf.sigmoid(gate);
      const silu = tf.mul(gate, s);
      const slope = tf.mul(s, tf.add(1, tf.mul(gate, tf.sub(1, s))));
      return [tf.mul(tf.mul(dy, up), slope) as tf.Tensor2D, tf.mul(dy, silu) as tf.Tensor2D];
    });
    return { dgate, dup };
  },
};
