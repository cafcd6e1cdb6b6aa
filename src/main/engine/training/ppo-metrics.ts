import type { Metrics } from '#shared/metrics.ts';
import type { PpoConfig } from '#shared/training/ppo.ts';
import { answerMetrics } from './answer-metrics.ts';
import { sequenceKl } from './maths/kl.ts';
import { explainedVariance, flat, mean } from './maths/statistics.ts';
import type { PpoState } from './ppo-state.ts';
import type { Episode } from './rollout.ts';

/**
 * The metrics of one step (`#shared/metrics.ts`). Those of the objective are of the batch as it was drawn, those of policy and value are means over its updates.
 * @param scores what each answer was given: its reward, clipped or replaced.
 */
export function stepMetrics(
  episodes: readonly Episode[],
  scores: readonly number[],
  returns: readonly Float64Array[],
  { beta, updates, seconds }: Pick<PpoState, 'beta' | 'updates' | 'seconds'>,
  config: PpoConfig,
  learningRate: number,
  names: readonly string[] = [],
): Metrics {
  const kl = mean(episodes.map(({ logProbs, referenceLogProbs }) => sequenceKl(config.klEstimator, logProbs, referenceLogProbs)));
  const reward = mean(scores);
  const explained = explainedVariance(flat(episodes.map(({ values }) => values)), flat(returns));
  const over = (read: (update: (typeof updates)[number]) => number) => mean(updates.map(read));
  return {
    'objective/reward': reward,
    'objective/kl': kl,
    'objective/rlhf_reward': reward - beta * kl,
    'objective/entropy': mean(episodes.map(({ logProbs }) => -logProbs.reduce((sum, lp) => sum + lp, 0))),
    'policy/loss': over(({ policyLoss }) => policyLoss),
    'policy/approx_kl': over(({ approxKl }) => approxKl),
    'policy/clip_fraction': over(({ policyClipFraction }) => policyClipFraction),
    'policy/ratio': over(({ ratio }) => ratio),
    'policy/grad_norm': over(({ gradNorm }) => gradNorm),
    'policy/lr': learningRate,
    'value/loss': over(({ valueLoss }) => valueLoss),
    'value/clip_fraction': over(({ valueClipFraction }) => valueClipFraction),
    ...(explained !== null && { 'value/explained_variance': explained }),
    'kl/beta': beta,
    ...(config.adaptiveKl && { 'kl/target': config.klTarget }),
    ...answerMetrics(episodes, scores, seconds, names),
  };
}
