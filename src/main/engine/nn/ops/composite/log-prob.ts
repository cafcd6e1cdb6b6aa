import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../../../backends/kernels.ts';

export const logProb: Pick<Kernels, 'logProb' | 'logProbGradient'> = {
  logProb: (hidden, head, targets, temperature) => {
    const [logProbs, entropy] = tf.tidy(() => {
      const all = logSoftmax(hidden, head, temperature); // [R, V]
      const places = tf.cast(tf.oneHot(targets, head.shape[0]), 'float32');
      return [tf.sum(tf.mul(all, places), 1) as tf.Tensor1D, tf.neg(tf.sum(tf.mul(tf.exp(all), all), 1)) as tf.Tensor1D];
    });
    return { logProbs, entropy };
  },

  /** d log p(target)/d logits = (onehot(target) − p)/temperature. */
  logProbGradient: (hidden, head, targets, temperature, dy, wantsHead = true) => {
    const [dhidden, dhead] = tf.tidy(() => {
      const p = tf.exp(logSoftmax(hidden, head, temperature));
      const places = tf.cast(tf.oneHot(targets, head.shape[0]), 'float32');
      const weights = tf.reshape(tf.div(dy, temperature), [-1, 1]);
      const dlogits = tf.mul(tf.sub(places, p), weights) as tf.Tensor2D; // [R, V]
      const dhidden: tf.Tensor2D = tf.matMul(dlogits, head);
      return wantsHead ? [dhidden, tf.matMul(tf.transpose(dlogits) as tf.Tensor2D, hidden) as tf.Tensor2D] : [dhidden];
    }) as [tf.Tensor2D, tf.Tensor2D?];
    return { dhidden, dhead: dhead ?? null };
  },
};

/** log softmax(hidden·headᵀ/temperature) [R, V]. */
function logSoftmax(hidden: tf.Tensor2D, head: tf.Tensor2D, temperature: number): tf.Tensor2D {
  const logits = tf.div(tf.matMul(hidden, tf.transpose(head) as tf.Tensor2D), temperature);
  const shifted = tf.sub(logits, tf.max(logits, 1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
}
