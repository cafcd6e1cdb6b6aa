import * as tf from '@tensorflow/tfjs-core';
import type { Decoder } from '../nn/decoder.ts';
import { logProb } from '../nn/ops/log-prob.ts';
import { type PaddedRows, type ResponseBatch, splitByLength } from './batch.ts';

/** Hidden states [R, D] from which the response tokens of a batch are predicted. Prompts and padding cost nothing from the last block on. */
export function predictingHidden(decoder: Decoder, { ids, mask, predictors }: ResponseBatch): tf.Tensor2D {
  return decoder.hiddenAt(ids, mask, predictors);
}

/** Hidden state [B, D] of the last token of each row. */
export function lastHidden(decoder: Decoder, { ids, mask, ends }: PaddedRows): tf.Tensor2D {
  return tf.tidy(() => decoder.hiddenAt(ids, mask, tf.tensor1d(ends, 'int32')));
}

/**
 * log π(y_t | x, y_<t) of each response token, [R], and the entropy of the distribution it came from, [R], nats. Of the untruncated distribution
 * softmax(logits / (temperature + 1e-7)): the rollout's own scaling (spec/algorithms.md, Rollout). `predicting` [R, D] is `predictingHidden`'s.
 */
export function tokenLogProbs(
  decoder: Decoder,
  predicting: tf.Tensor2D,
  batch: ResponseBatch,
  temperature: number,
): { logProbs: tf.Tensor1D; entropy: tf.Tensor1D } {
  return logProb(predicting, decoder.headWeight, batch.targets, temperature + 1e-7);
}

/** The log-probabilities of a batch on the host, a row for each of its sequences, without a gradient. */
export function measureLogProbs(decoder: Decoder, batch: ResponseBatch, temperature: number): Float64Array[] {
  const logProbs = tf.tidy(() => {
    const predicting = predictingHidden(decoder, batch);
    return tokenLogProbs(decoder, predicting, batch, temperature).logProbs;
  });
  return rowsOnHost(logProbs, batch);
}

/** Values [R] on the host, a row for each sequence of the batch; the tensor is disposed. */
export function rowsOnHost(values: tf.Tensor1D, { lengths }: ResponseBatch): Float64Array[] {
  const rows = splitByLength(values.dataSync(), lengths);
  values.dispose();
  return rows;
}
