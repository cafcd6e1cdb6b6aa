import type { Metrics } from '#shared/metrics.ts';
import type { GrpoConfig } from '#shared/training/grpo.ts';
import { answerMetrics } from './answer-metrics.ts';
import type { GrpoState, GrpoUpdate } from './grpo-state.ts';
import { groupSpread } from './maths/group-advantages.ts';
import { sequenceKl } from './maths/kl.ts';
import { mean } from './maths/statistics.ts';
import type { Sample } from './rollout.ts';

/**
 * The metrics of one step (`#shared/metrics.ts`). Those of the objective are of the batch as it was drawn, those of the policy are means over its updates. KL is by the
 * estimator that is paid for: k3 in the loss, k1 in the reward.
 * @param groups what each answer was given, group after group.
 */
export function grpoMetrics(
  samples: readonly Sample[],
  groups: readonly (readonly number[])[],
  { updates, seconds }: Pick<GrpoState, 'updates' | 'seconds'>,
  config: GrpoConfig,
  learningRate: number,
  names: readonly string[] = [],
): Metrics {
  const scores = groups.flat();
  const { deviations, zeroFraction } = groupSpread(groups);
  const estimator = config.klIn === 'reward' ? 'k1' : 'k3';
  const kl = mean(samples.map(({ logProbs, referenceLogProbs }) => sequenceKl(estimator, logProbs, referenceLogProbs)));
  const reward = mean(scores);
  const over = (read: (update: GrpoUpdate) => number) => mean(updates.map(read));
  return {
    'objective/reward': reward,
    'objective/kl': kl,
    'objective/rlhf_reward': reward - config.klCoefficient * kl,
    'objective/entropy': mean(samples.map(({ logProbs }) => -logProbs.reduce((sum, lp) => sum + lp, 0))),
    'policy/approx_kl': over(({ approxKl }) => approxKl),
    'policy/clip_fraction': over(({ clipFractionLow, clipFractionHigh }) => clipFractionLow + clipFractionHigh),
    'policy/ratio': over(({ ratio }) => ratio),
    'policy/grad_norm': over(({ gradNorm }) => gradNorm),
    'policy/lr': learningRate,
    'kl/beta': config.klCoefficient,
    'grpo/loss': over(({ loss }) => loss),
    'grpo/zero_std_fraction': zeroFraction,
    'grpo/reward_std': mean(deviations),
    ...answerMetrics(samples, scores, seconds, names),
  };
}
