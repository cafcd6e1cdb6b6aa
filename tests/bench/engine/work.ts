import * as tf from '@tensorflow/tfjs-core';
import { AdamW } from '#engine/nn/adamw.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { responseLogProbs } from '#engine/nn/log-prob.ts';
import { Random } from '#engine/nn/random.ts';
import { generate } from '#engine/sampling/generate.ts';
import type { DecodeWeights } from '#shared/sampling.ts';

/** Something to be timed: `run` does it once, for `amount` of whatever the row counts. */
export interface Work {
  run(): Promise<void> | void;
  amount: number;
  dispose(): void;
}

export function randomIds(rows: number, time: number, vocabulary: number): number[][] {
  const random = Random.from(2, 'ids');
  return Array.from({ length: rows }, () => Array.from({ length: time }, () => random.integer(vocabulary)));
}

/** A training step: loss over all tokens, every gradient of `decoder.trainable`, clipping, AdamW. */
export function trainingStep(decoder: Decoder, { rows, time }: { rows: number; time: number }): Work {
  const ids = tf.tensor2d(randomIds(rows, time, decoder.config.vocabulary), [rows, time], 'int32');
  const mask = tf.ones([rows, time], 'int32') as tf.Tensor2D;
  const adamw = new AdamW(decoder.trainable, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 });
  return {
    amount: rows * time,
    run: () => {
      const { gradients } = valueAndGradients(() => {
        const { logProbs } = responseLogProbs(decoder, decoder.hidden(ids, mask), ids, 1, 1);
        return tf.neg(tf.mean(logProbs));
      }, decoder.trainable);
      adamw.step(gradients, 1e-4, 1);
      gradients.dispose();
    },
    dispose: () => {
      adamw.dispose();
      tf.dispose([ids, mask]);
    },
  };
}

/** The loss alone: a forward pass with the log-probabilities of every token. */
export function forwardPass(decoder: Decoder, { rows, time }: { rows: number; time: number }): Work {
  const ids = tf.tensor2d(randomIds(rows, time, decoder.config.vocabulary), [rows, time], 'int32');
  const mask = tf.ones([rows, time], 'int32') as tf.Tensor2D;
  return {
    amount: rows * time,
    run: () => void tf.tidy(() => responseLogProbs(decoder, decoder.hidden(ids, mask), ids, 1, 1).logProbs.dataSync()),
    dispose: () => tf.dispose([ids, mask]),
  };
}

/** Answers drawn at temperature 1, none of which ends early. */
export function decoding(
  decoder: Decoder,
  { rows, prompt, newTokens }: { rows: number; prompt: number; newTokens: number },
  decodeWeights: DecodeWeights = 'f32',
): Work {
  const ids = randomIds(rows, prompt, decoder.config.vocabulary);
  return {
    amount: rows * newTokens,
    run: async () => {
      const requests = ids.map((ids, row) => ({ ids, generator: Random.from(3, row) }));
      await generate(decoder, requests, { maxNewTokens: newTokens, stopIds: [], temperature: 1, topK: 0, topP: 1, decodeWeights });
    },
    dispose: () => {},
  };
}

/** tf.matMul of two square matrices, in GFLOP: the machine's best product is what a step is held against. */
export function product(size: number): Work {
  const a = tf.randomNormal([size, size], 0, 1, 'float32', 1) as tf.Tensor2D;
  const b = tf.randomNormal([size, size], 0, 1, 'float32', 2) as tf.Tensor2D;
  return {
    amount: (2 * size ** 3) / 1e9,
    run: async () => {
      const c = tf.matMul(a, b);
      await c.data();
      c.dispose();
    },
    dispose: () => tf.dispose([a, b]),
  };
}

export function model(json: object, seed = 1): Decoder {
  return Decoder.random(decoderConfigFrom(json), seed);
}
