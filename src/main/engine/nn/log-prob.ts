import * as tf from '@tensorflow/tfjs-core';
import type { Decoder } from './decoder.ts';
import { embed } from './ops/embed.ts';
import { logProb } from './ops/log-prob.ts';

/**
 * log p of each response token given all that precedes it, and the entropy of the distribution it came from, [B, N] each in nats, N = T − P.
 * Of the untruncated distribution softmax(logits/temperature); `temperature` divides exactly, so whoever follows the rollout passes its temperature + 1e-7.
 * `hidden` [B, T, D] is the decoder's for `ids` [B, T]; the response starts at `promptLength` P ≥ 1. Only `logProbs` is differentiable. Padding gets numbers
 * too: mask them.
 */
export function responseLogProbs(
  decoder: Decoder,
  hidden: tf.Tensor3D,
  ids: tf.Tensor2D,
  promptLength: number,
  temperature: number,
): { logProbs: tf.Tensor2D; entropy: tf.Tensor2D } {
  const [batch, time, width] = hidden.shape;
  const length = time - promptLength;
  const predictors = Int32Array.from({ length: batch * length }, (_, r) => Math.floor(r / length) * time + promptLength - 1 + (r % length));
  const before = embed(tf.reshape(hidden, [batch * time, width]), tf.tensor1d(predictors, 'int32')); // [R, D]: each predicts the token after it
  const targets = tf.reshape(tf.slice(ids, [0, promptLength], [batch, length]), [batch * length]);
  const { logProbs, entropy } = logProb(before, decoder.headWeight, targets as tf.Tensor1D, temperature);
  return { logProbs: tf.reshape(logProbs, [batch, length]), entropy: tf.reshape(entropy, [batch, length]) };
}
