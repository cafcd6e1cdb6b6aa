import * as tf from '@tensorflow/tfjs-core';
import type { Decoder } from '../nn/decoder.ts';
import { disposeBatch, groupsByLength, type PaddedRows, padRight, type TokenSequence } from './batch.ts';
import { lastHidden } from './response.ts';
import type { ScoreHead } from './score-head.ts';

/** Answers scored at a time: enough to fill the cores, few enough to obey a stop within a second. */
const scoredAtOnce = 16;

/** r_φ(x, y) = gain·(w·h + b) + bias, h the hidden state of the last token of prompt and response. */
export class RewardModel {
  readonly decoder: Decoder;
  readonly head: ScoreHead;
  /** Fitted after training so that rewards of SFT samples have mean 0 and deviation 1; 1 and 0 before. */
  scale = { gain: 1, bias: 0 };

  constructor(decoder: Decoder, head: ScoreHead) {
    this.decoder = decoder;
    this.head = head;
  }

  /** w·h + b, [B], on the tape: what Bradley–Terry trains. */
  raw(batch: PaddedRows): tf.Tensor1D {
    return this.head.scores(lastHidden(this.decoder.hidden(batch.ids, batch.mask), batch)); // [B, T, D] → [B, D] → [B]
  }

  /** Rewards without a gradient, by `gain` and `bias`; sequences as `judged` makes them. */
  async score(sequences: readonly TokenSequence[], padId: number, breathe: () => Promise<void>): Promise<number[]> {
    const rewards = new Array<number>(sequences.length).fill(0);
    for (const group of groupsByLength(sequences, scoredAtOnce)) {
      await breathe();
      const batch = padRight(
        group.map((i) => [...sequences[i]!.prompt, ...sequences[i]!.response]),
        padId,
      );
      const raw = tf.tidy(() => this.raw(batch).dataSync());
      disposeBatch(batch);
      group.forEach((i, row) => {
        rewards[i] = this.scale.gain * raw[row]! + this.scale.bias;
      });
    }
    return rewards;
  }

  dispose(): void {
    this.decoder.dispose();
    this.head.dispose();
  }
}

/** A response as a reward model reads it: ended by a stop token, which is appended where it is missing. */
export function judged(sequence: TokenSequence, stopIds: readonly number[], eosId: number): TokenSequence {
  const last = sequence.response.at(-1);
  return last !== undefined && stopIds.includes(last) ? sequence : { ...sequence, response: [...sequence.response, eosId] };
}
