import type * as tf from '@tensorflow/tfjs-core';
import { kernels } from './kernels.ts';
import { isTrainable, tapedTogether } from './taped.ts';

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
  const wantsHead = isTrainable(head);
  const [logProbs, entropy] = tapedTogether<[tf.Tensor1D, tf.Tensor1D]>([hidden, head], () => {
    const { logProbs, entropy, saved = [] } = kernels().logProb(hidden, head, targets, temperature);
    return {
      values: [logProbs, entropy],
      saved: [hidden, head, targets, ...saved],
      gradient: ([dy], [hidden, head, targets, ...saved]) => {
        const { dhidden, dhead } = kernels().logProbGradient(
          hidden as tf.Tensor2D,
          head as tf.Tensor2D,
          targets as tf.Tensor1D,
          temperature,
          dy as tf.Tensor1D,
          wantsHead,
          saved,
        );
        return [dhidden, wantsHead ? dhead : null];
      },
    };
  });
  return { logProbs, entropy };
}
