import type { LearningCurve } from '#shared/jobs.ts';
import type { RewardConfig } from '#shared/training/reward.ts';
import { Random } from '../nn/random.ts';
import { fitHead, memberDraw, readPairStates } from './head-start.ts';
import { learningCurve } from './learning-curve.ts';
import { MemberHeads } from './member-heads.ts';
import type { RewardModel } from './reward-model.ts';
import type { TokenPair } from './reward-pairs.ts';
import { ScoreHead } from './score-head.ts';

/** The ridge of the learning curve's heads where the reward model's own begins at random. */
const usualRidge = 0.15;

/** The random heads of a reward model before anything is fitted: one, or one a member. */
export function randomHeads(width: number, { seed, ensemble }: Pick<RewardConfig, 'seed' | 'ensemble'>) {
  const head = ScoreHead.random(width, Random.from(seed, 'score head'));
  if (ensemble === 1) return { head, members: null };
  const heads = Array.from({ length: ensemble }, (_, k) => ScoreHead.random(width, Random.from(seed, 'score head', k)));
  const members = MemberHeads.of(heads.map((one) => one.values()));
  for (const one of heads) one.dispose();
  return { head, members };
}

/** How often each member learns from each training pair, [K][n]; null for a reward model with one head, which learns from each once. */
export function memberWeights(pairs: number, { seed, ensemble }: Pick<RewardConfig, 'seed' | 'ensemble'>): number[][] | null {
  if (ensemble === 1) return null;
  return Array.from({ length: ensemble }, (_, k) => {
    const times = new Array<number>(pairs).fill(0);
    for (const i of memberDraw(pairs, seed, k)) times[i]!++;
    return times;
  });
}

/**
 * Before the first update, while the backbone is the start checkpoint's: fits the heads if `headRidge` asks for it, and draws the learning curve.
 * @param judged how many of the pairs are judged ones, from the first on
 */
export async function beginReward(
  model: RewardModel,
  { learned, judged }: { learned: readonly TokenPair[]; judged: number },
  heldOut: readonly TokenPair[],
  { headRidge, seed }: Pick<RewardConfig, 'headRidge' | 'seed'>,
  padId: number,
  breathe: () => Promise<void>,
): Promise<LearningCurve | null> {
  const states = await readPairStates(model, learned, padId, breathe);
  if (headRidge > 0) {
    if (model.members) {
      const heads = Array.from({ length: model.members.count }, (_, k) => fitHead(states, memberDraw(learned.length, seed, k), headRidge));
      model.members.load(heads);
    } else {
      const every = learned.map((_, i) => i);
      model.head.load(fitHead(states, every, headRidge));
    }
  }
  const measured = await readPairStates(model, heldOut, padId, breathe);
  const ofJudged = {
    chosen: states.chosen.slice(0, judged),
    rejected: states.rejected.slice(0, judged),
    targets: states.targets.slice(0, judged),
  };
  return learningCurve(ofJudged, measured, headRidge || usualRidge, seed, breathe);
}
