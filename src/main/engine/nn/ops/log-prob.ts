import * as tf from '@tensorflow/tfjs-core';
import { kernels } from './kernels.ts';
import { isTrainable, taped } from './taped.ts';

/**
 * For rows hidden [R, D], head [V, D] and targets [R] int32: log softmax(hidden·headᵀ/temperature)[target] and the entropy of each row's distribution, in nats,
 * [R] each. Only the log-probabilities are differentiable: entropy is reported, never trained on.
 */
export function logProb(
  hidden: tf.Tensor2D,
  head: tf.Tensor2D,
  targets: tf.Tensor1D,
  temperature: number,
): { logProbs: tf.Tensor1D; entropy: tf.Tensor1D } {
  // One op has one value, so the two travel as the rows of one tensor and the second row's gradient is dropped.
  const wantsHead = isTrainable(head);
  const both = taped<tf.Tensor2D>([hidden, head], () => {
    const { logProbs, entropy } = kernels().logProb(hidden, head, targets, temperature);
    return {
      value: tf.stack([logProbs, entropy]),
      saved: [hidden, head, targets],
      gradient: (dy, [hidden, head, targets]) => {
        const weights = tf.reshape(tf.slice(dy, [0, 0], [1, dy.shape[1]!]), [-1]) as tf.Tensor1D;
        const { dhidden, dhead } = kernels().logProbGradient(
          hidden as tf.Tensor2D,
          head as tf.Tensor2D,
          targets as tf.Tensor1D,
          temperature,
          weights,
          wantsHead,
        );
        return [dhidden, wantsHead ? dhead : null];
      },
    };
  });
  const [logProbs, entropy] = tf.unstack(both) as [tf.Tensor1D, tf.Tensor1D];
  return { logProbs, entropy };
}
