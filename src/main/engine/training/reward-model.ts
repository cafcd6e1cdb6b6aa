import * as tf from '@tensorflow/tfjs-core';
import type { Decoder } from '../nn/decoder.ts';
import { disposeBatch, groupsByLength, type PaddedRows, padRight, type TokenSequence } from './batch.ts';
import { mean, variance } from './maths/statistics.ts';
import type { MemberHeads } from './member-heads.ts';
import { lastHidden } from './response.ts';
import type { ScoreHead } from './score-head.ts';

/** Answers scored at a time: enough to fill the cores, few enough to obey a stop within a second. */
const scoredAtOnce = 16;

/** r_φ(x, y) = gain·(w·h + b) + bias, h the hidden state of the last token of prompt and response; with members, the mean of theirs. */
export class RewardModel {
  readonly decoder: Decoder;
  readonly head: ScoreHead;
  /** Several heads on the same backbone, of which `head` is the mean; null for a reward model with one. */
  readonly members: MemberHeads | null;
  /** Fitted after training so that rewards of SFT samples have mean 0 and deviation 1; 1 and 0 before. */
  scale = { gain: 1, bias: 0 };
  /** What is taken off each member's raw reward: preferences leave its zero open, so members are compared from the same mean. */
  centers: readonly number[];

  constructor(decoder: Decoder, head: ScoreHead, members: MemberHeads | null = null) {
    this.decoder = decoder;
    this.head = head;
    this.members = members;
    this.centers = new Array<number>(members?.count ?? 1).fill(0);
  }

  /** w·h + b of one head, [B, 1], or of each member, [B, K], on the tape: what Bradley–Terry trains. */
  rawMembers(batch: PaddedRows): tf.Tensor2D {
    const last = lastHidden(this.decoder, batch); // [B, D]
    return this.members ? this.members.scores(last) : tf.reshape(this.head.scores(last), [-1, 1]);
  }

  /** The mean of `rawMembers`, [B]. */
  raw(batch: PaddedRows): tf.Tensor1D {
    return this.members ? tf.mean(this.rawMembers(batch), 1) : tf.reshape(this.rawMembers(batch), [-1]);
  }

  /** Raw rewards by each member, from its center, without a gradient: [n][K]. Sequences as `judged` makes them. */
  async memberRewards(sequences: readonly TokenSequence[], padId: number, breathe: () => Promise<void>): Promise<number[][]> {
    const rewards = new Array<number[]>(sequences.length);
    for (const group of groupsByLength(sequences, scoredAtOnce)) {
      await breathe();
      const batch = padRight(
        group.map((i) => [...sequences[i]!.prompt, ...sequences[i]!.response]),
        padId,
      );
      const raw = tf.tidy(() => this.rawMembers(batch).dataSync());
      disposeBatch(batch);
      group.forEach((i, row) => {
        rewards[i] = this.centers.map((center, k) => raw[row * this.centers.length + k]! - center);
      });
    }
    return rewards;
  }

  /** Rewards by `gain` and `bias`, and how far the members are apart on each answer (their unbiased deviation), null where there is but one. */
  async scoreMembers(
    sequences: readonly TokenSequence[],
    padId: number,
    breathe: () => Promise<void>,
  ): Promise<{ rewards: number[]; disagreements: number[] | null }> {
    const { gain, bias } = this.scale;
    const members = await this.memberRewards(sequences, padId, breathe);
    return {
      rewards: members.map((raw) => gain * mean(raw) + bias),
      disagreements: this.members && members.map((raw) => gain * Math.sqrt(variance(raw, 1))),
    };
  }

  /** Rewards without a gradient, by `gain` and `bias`. */
  async score(sequences: readonly TokenSequence[], padId: number, breathe: () => Promise<void>): Promise<number[]> {
    return (await this.scoreMembers(sequences, padId, breathe)).rewards;
  }

  dispose(): void {
    this.decoder.dispose();
    this.head.dispose();
    this.members?.dispose();
  }
}

/** A response as a reward model reads it: ended by a stop token, which is appended where it is missing. */
export function judged(sequence: TokenSequence, stopIds: readonly number[], eosId: number): TokenSequence {
  const last = sequence.response.at(-1);
  return last !== undefined && stopIds.includes(last) ? sequence : { ...sequence, response: [...sequence.response, eosId] };
}
