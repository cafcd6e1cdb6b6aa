import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../kernels.ts';

/**
 * The ops that are large products, without the copies that their composites make for other backends' sake: TensorFlow multiplies transposed matrices as they lie, its
 * softmax is one op, and it adds rows by their ids, where the composite multiplies by one-hot rows. The log-probability passes over [R, V] four times instead of fourteen.
 */
export const matrixKernels: Pick<Kernels, 'linear' | 'linearGradient' | 'embed' | 'embedGradient' | 'logProb' | 'logProbGradient'> = {
  linear: (x, w, b, transposed) =>
    tf.tidy(() => {
      const product: tf.Tensor2D = tf.matMul(x, w, false, transposed);
      return b ? tf.add(product, b) : product;
    }),

  linearGradient: (x, w, dy, transposed, wanted) => ({
    dx: wanted.x ? (tf.matMul(dy, w, false, !transposed) as tf.Tensor2D) : null,
    dw: wanted.w ? ((transposed ? tf.matMul(dy, x, true, false) : tf.matMul(x, dy, true, false)) as tf.Tensor2D) : null,
    db: wanted.b ? (tf.sum(dy, 0) as tf.Tensor1D) : null,
  }),

  embed: (table, ids) => tf.gather(table, ids),

  embedGradient: ([vocabulary], ids, dy) => tf.unsortedSegmentSum(dy, ids, vocabulary),

  logProb: (hidden, head, targets, temperature) => {
    const [logProbs, entropy] = tf.tidy(() => {
      const all = tf.logSoftmax(logitsOf(hidden, head, temperature)); // [R, V]
      const [rows, vocabulary] = all.shape;
      const places = tf.add(tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(vocabulary, 'int32')), targets) as tf.Tensor1D;
      return [
        tf.gather(tf.reshape(all, [rows * vocabulary]), places) as tf.Tensor1D,
        tf.neg(tf.sum(tf.mul(tf.exp(all), all), 1)) as tf.Tensor1D,
      ];
    });
    return { logProbs, entropy };
  },

  /** d log p(target)/d logits = onehot(target) − p. The onehot's part is rows of the head, and rows added to its gradient, so it is never made. */
  logProbGradient: (hidden, head, targets, temperature, dy, wantsHead = true) => {
    const [dhidden, dhead] = tf.tidy(() => {
      const weights = tf.reshape(tf.div(dy, temperature), [-1, 1]); // [R, 1]
      const ofP = tf.mul(tf.softmax(logitsOf(hidden, head, temperature)), tf.neg(weights)) as tf.Tensor2D; // [R, V]
      const dhidden = tf.add(tf.matMul(ofP, head), tf.mul(tf.gather(head, targets), weights)) as tf.Tensor2D;
      if (!wantsHead) return [dhidden];
      const ofTargets = tf.unsortedSegmentSum(tf.mul(hidden, weights), targets, head.shape[0]);
      return [dhidden, tf.add(tf.matMul(ofP, hidden, true, false), ofTargets) as tf.Tensor2D];
    }) as [tf.Tensor2D, tf.Tensor2D?];
    return { dhidden, dhead: dhead ?? null };
  },
};

/** [R, V]. The temperature divides the narrower side. */
function logitsOf(hidden: tf.Tensor2D, head: tf.Tensor2D, temperature: number): tf.Tensor2D {
  return tf.matMul(temperature === 1 ? hidden : tf.div(hidden, temperature), head, false, true);
}
