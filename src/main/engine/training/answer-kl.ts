import * as tf from '@tensorflow/tfjs-core';
import type { Decoder } from '../nn/decoder.ts';
import { disposeBatch, groupsByLength, responseBatch, splitByLength, type TokenSequence } from './batch.ts';
import { predictingHidden } from './response.ts';

/** Answers that pass through the models at a time, and rows of logits. */
const measuredAtOnce = 16;
const rowsAtOnce = 128;

/**
 * Σ_t KL( π(·|x, y_<t) ‖ π_SFT(·|x, y_<t) ) of each answer, nats: over every token that might have come, not the one that did. The mean over answers is that of k1 and k3,
 * but without the chance of the draw, which in k1 is several nats an answer and in k3 has heavy tails.
 */
export async function answerKls(
  { policy, reference }: { policy: Decoder; reference: Decoder },
  sequences: readonly TokenSequence[],
  temperature: number,
  padId: number,
  breathe: () => Promise<void>,
): Promise<number[]> {
  const kls = new Array<number>(sequences.length).fill(0);
  for (const group of groupsByLength(sequences, measuredAtOnce)) {
    await breathe();
    const batch = responseBatch(
      group.map((i) => sequences[i]!),
      padId,
    );
    const tokens = tf.tidy(() => {
      const [own, others] = [policy, reference].map((decoder) => predictingHidden(decoder, batch)); // [R, D]
      const rows = own!.shape[0];
      const parts = Array.from({ length: Math.ceil(rows / rowsAtOnce) }, (_, i) => {
        const count = Math.min(rowsAtOnce, rows - i * rowsAtOnce);
        return tf.tidy(() => {
          const [lp, rp] = [
            logDistribution(policy, tf.slice(own!, [i * rowsAtOnce, 0], [count, -1]), temperature),
            logDistribution(reference, tf.slice(others!, [i * rowsAtOnce, 0], [count, -1]), temperature),
          ];
          return [...tf.sum(tf.mul(tf.exp(lp!), tf.sub(lp!, rp!)), 1).dataSync()]; // Σ_v π(v)·log π(v)/π_SFT(v), [rows]
        });
      });
      return parts.flat();
    });
    splitByLength(tokens, batch.lengths).forEach((row, i) => {
      kls[group[i]!] = row.reduce((sum, kl) => sum + kl, 0);
    });
    disposeBatch(batch);
  }
  return kls;
}

/** log softmax(logits / temperature), [R, V], scaled as rollouts are. */
function logDistribution(decoder: Decoder, hidden: tf.Tensor2D, temperature: number): tf.Tensor2D {
  const logits = tf.div(decoder.logits(hidden), temperature + 1e-7);
  const shifted = tf.sub(logits, tf.max(logits, 1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
}
