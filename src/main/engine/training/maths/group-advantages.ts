import { sequenceKl } from './kl.ts';
import { mean, variance } from './statistics.ts';

/** Keeps a group without spread from dividing by 0. */
const epsilon = 1e-4;

/** A deviation under this is rounding. */
const noSpread = 1e-8;

export type RewardScale = 'group' | 'batch' | 'none';

/**
 * A = (r − mean of its group) / (std + 1e-4), unbiased std: of the group (Shao et al. 2024, §4.1.2), of the whole batch, or not divided at all (Liu et al. 2025).
 * @param rewards of each group. → A of every answer, group after group.
 */
export function groupAdvantages(rewards: readonly (readonly number[])[], scale: RewardScale): Float64Array {
  const ofBatch = deviation(rewards.flat());
  return Float64Array.from(
    rewards.flatMap((group) => {
      const center = mean(group);
      const divisor = scale === 'none' ? 1 : (scale === 'batch' ? ofBatch : deviation(group)) + epsilon;
      return group.map((reward) => (reward - center) / divisor);
    }),
  );
}

/**
 * What answers are compared by where KL is in the reward: score − β·Σ_t k1 of the whole answer, as it was drawn (Ahmadian et al. 2024, §3.1). The policy gradient of this is
 * that of E[r] − β·KL, without bias: a token answers for all of the KL that its answer has, also for what comes after it.
 * @param scores of each group. @param answers of all groups, one after another.
 */
export function groupReturns(
  scores: readonly (readonly number[])[],
  answers: readonly { logProbs: ArrayLike<number>; referenceLogProbs: ArrayLike<number> }[],
  beta: number,
): number[][] {
  const kls = answers.map(({ logProbs, referenceLogProbs }) => sequenceKl('k1', logProbs, referenceLogProbs));
  let next = 0;
  return scores.map((group) => group.map((score) => score - beta * kls[next++]!));
}

/** Unbiased standard deviation of each group, and the share of groups that have none: their answers teach nothing. */
export function groupSpread(rewards: readonly (readonly number[])[]): { deviations: number[]; zeroFraction: number } {
  const deviations = rewards.map(deviation);
  return { deviations, zeroFraction: mean(deviations.map((std) => (std < noSpread ? 1 : 0))) };
}

function deviation(values: readonly number[]): number {
  return values.length > 1 ? Math.sqrt(variance(values, 1)) : 0;
}
