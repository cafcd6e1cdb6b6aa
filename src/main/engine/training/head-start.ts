import * as tf from '@tensorflow/tfjs-core';
import { Random } from '../nn/random.ts';
import { disposeBatch, groupsByLength, padRight, type TokenSequence } from './batch.ts';
import type { PairTarget } from './maths/bradley-terry.ts';
import { ridgeHead } from './maths/ridge.ts';
import { mean } from './maths/statistics.ts';
import { lastHidden } from './response.ts';
import type { RewardModel } from './reward-model.ts';
import type { ScoreHeadValues } from './score-head.ts';

const readAtOnce = 16;

/** What the untouched backbone makes of judged pairs: hidden states [D] of the last token of each side. */
export interface PairStates {
  chosen: Float32Array[];
  rejected: Float32Array[];
  targets: PairTarget[];
}

/** @param pairs as tokens; both sides are read whole. */
export async function readPairStates(
  model: RewardModel,
  pairs: readonly { chosen: TokenSequence; rejected: TokenSequence; target: PairTarget }[],
  padId: number,
  breathe: () => Promise<void>,
): Promise<PairStates> {
  const sides = [...pairs.map(({ chosen }) => chosen), ...pairs.map(({ rejected }) => rejected)];
  const states = await lastStates(model, sides, padId, breathe);
  return { chosen: states.slice(0, pairs.length), rejected: states.slice(pairs.length), targets: pairs.map(({ target }) => target) };
}

/** d = h_c − h_r of each pair, [n][D]. */
export function differencesOf({ chosen, rejected }: Pick<PairStates, 'chosen' | 'rejected'>): Float32Array[] {
  return chosen.map((h, i) => h.map((x, k) => x - rejected[i]![k]!));
}

/**
 * The head that a reward model starts with: fitted to pairs on the hidden states of the untouched backbone, before anything is fine-tuned (Kumar et al. 2022, linear probing
 * then fine-tuning). From a random head, fine-tuning must bend the backbone around the head's numbers and meanwhile learns its few hundred pairs by heart: .77 of
 * held-out pairs against .85 on one and the same model, 300 judgments of which 15% are flipped (docs/demo.md).
 * @param rows which pairs, as often as they are named: a member's own draw
 */
export function fitHead(states: PairStates, rows: readonly number[], ridge: number): ScoreHeadValues {
  const differences = differencesOf(states);
  const weight = ridgeHead(
    rows.map((i) => differences[i]!),
    rows.map((i) => states.targets[i]!),
    ridge,
  );
  const rewards = [...states.chosen, ...states.rejected].map((h) => h.reduce((sum, x, k) => sum + x * weight[k]!, 0));
  return { weight: Float32Array.from(weight), bias: -mean(rewards) }; // rewards of the pairs have mean 0
}

/** The pairs that member `member` of an ensemble learns from: as many as there are, drawn with replacement (Breiman 1996, bagging). */
export function memberDraw(pairs: number, seed: number, member: number): number[] {
  const random = Random.from(seed, 'member', member);
  return Array.from({ length: pairs }, () => random.integer(pairs));
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
    const rows = tf.tidy(() => lastHidden(model.decoder, batch).dataSync() as Float32Array);
    disposeBatch(batch);
    const width = rows.length / group.length;
    group.forEach((i, row) => {
      states[i] = rows.slice(row * width, (row + 1) * width);
    });
  }
  return states;
}
