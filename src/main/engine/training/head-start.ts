import * as tf from '@tensorflow/tfjs-core';
import { disposeBatch, groupsByLength, padRight, type TokenSequence } from './batch.ts';
import type { PairTarget } from './maths/bradley-terry.ts';
import { ridgeHead } from './maths/ridge.ts';
import { mean } from './maths/statistics.ts';
import { lastHidden } from './response.ts';
import type { RewardModel } from './reward-model.ts';

const readAtOnce = 16;

/**
 * Gives the head its start: fitted to the pairs on the hidden states of the untouched backbone, before anything is fine-tuned (Kumar et al. 2022, linear probing then
 * fine-tuning). From a random head, fine-tuning must bend the backbone around the head's numbers and meanwhile learns its few hundred pairs by heart: .77 of
 * held-out pairs against .85 on one and the same model, 300 judgments of which 15% are flipped (docs/demo.md).
 */
export async function startHead(
  model: RewardModel,
  pairs: readonly { chosen: TokenSequence; rejected: TokenSequence; target: PairTarget }[],
  ridge: number,
  padId: number,
  breathe: () => Promise<void>,
): Promise<void> {
  const hidden = await lastStates(
    model,
    pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]),
    padId,
    breathe,
  );
  const differences = pairs.map((_, i) => hidden[2 * i]!.map((x, k) => x - hidden[2 * i + 1]![k]!));
  const weight = ridgeHead(
    differences,
    pairs.map(({ target }) => target),
    ridge,
  );
  const bias = -mean(hidden.map((h) => h.reduce((sum, x, k) => sum + x * weight[k]!, 0))); // rewards of the pairs have mean 0
  model.head.parameters.load(
    new Map([
      ['score.weight', Float32Array.from(weight)],
      ['score.bias', Float32Array.of(bias)],
    ]),
  );
}

/** The hidden state [D] of each sequence's last token. */
async function lastStates(
  model: RewardModel,
  sequences: readonly TokenSequence[],
  padId: number,
  breathe: () => Promise<void>,
): Promise<Float32Array[]> {
  const states = new Array<Float32Array>(sequences.length);
  for (const group of groupsByLength(sequences, readAtOnce)) {
    await breathe();
    const batch = padRight(
      group.map((i) => [...sequences[i]!.prompt, ...sequences[i]!.response]),
      padId,
    );
    const rows = tf.tidy(() => lastHidden(model.decoder.hidden(batch.ids, batch.mask), batch).dataSync() as Float32Array);
    disposeBatch(batch);
    const width = rows.length / group.length;
    group.forEach((i, row) => {
      states[i] = rows.slice(row * width, (row + 1) * width);
    });
  }
  return states;
}
