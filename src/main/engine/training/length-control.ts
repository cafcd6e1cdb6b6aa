import type { LengthControl } from '#shared/jobs.ts';
import { pairAccuracy } from './maths/bradley-terry.ts';
import { logistic } from './maths/logistic.ts';
import { variance } from './maths/statistics.ts';
import type { ScoredPairs } from './scored-pairs.ts';

/** Lengths this near to each other, as a share of the longer, are as good as equal. */
const nearEqual = 0.1;

/**
 * How much of a reward model's order is length. Three looks at held-out pairs: only those whose sides are about as long; all, by what is left of Δ once the part that length explains is
 * taken out (regression through 0 of Δ on the difference of lengths); and a logistic regression of what people chose on both, per standard deviation of each, after
 * length-controlled AlpacaEval (Dubois et al. 2024).
 */
export function lengthControl(scored: ScoredPairs): LengthControl {
  const { chosen, rejected, softTargets } = scored;
  const rewards = chosen.map((reward, i) => reward - rejected[i]!); // Δ
  const lengths = scored.chosenLengths.map((length, i) => length - scored.rejectedLengths[i]!);
  const near = lengths.map(
    (difference, i) => Math.abs(difference) <= nearEqual * Math.max(scored.chosenLengths[i]!, scored.rejectedLengths[i]!),
  );
  const ordered = (differences: readonly number[], keep: (i: number) => boolean = () => true) => {
    const rows = differences.map((_, i) => i).filter(keep);
    const { correct, untied } = pairAccuracy(
      rows.map((i) => differences[i]!),
      rows.map(() => 0),
      rows.map((i) => softTargets[i]!),
    );
    return { correct, untied };
  };
  const squares = lengths.reduce((sum, x) => sum + x * x, 0);
  const slope = squares === 0 ? 0 : lengths.reduce((sum, x, i) => sum + x * rewards[i]!, 0) / squares;
  const [rewardUnit, lengthUnit] = [rewards, lengths].map((values) => Math.sqrt(variance([...values, ...values.map((x) => -x)], 0)));
  const fitted = logistic(
    rewards.map((x) => x / rewardUnit!),
    lengths.map((x) => x / lengthUnit!),
    softTargets,
  );
  return {
    nearEqual: ordered(rewards, (i) => near[i]!),
    withoutLength: ordered(rewards.map((x, i) => x - slope * lengths[i]!)),
    longerChosen: ordered(lengths, (i) => lengths[i] !== 0),
    odds: fitted && { reward: fitted.first, length: fitted.second },
  };
}
