import type { Metrics } from '#shared/metrics.ts';
import type { PpoConfig } from '#shared/training/ppo.ts';
import { sequenceKl } from './maths/kl.ts';
import { correlation, explainedVariance, flat, mean, variance } from './maths/statistics.ts';
import type { Episode } from './ppo-rollout.ts';
import type { PpoState } from './ppo-state.ts';

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
): Metrics {
  const kl = mean(episodes.map(({ logProbs, referenceLogProbs }) => sequenceKl(config.klEstimator, logProbs, referenceLogProbs)));
  const reward = mean(scores);
  const lengths = episodes.map(({ response }) => response.length);
  const lengthReward = correlation(lengths, scores);
  const explained = explainedVariance(flat(episodes.map(({ values }) => values)), flat(returns));
  const step = seconds.rollout + seconds.score + seconds.train;
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
    'response/length_mean': mean(lengths),
    'response/terminated_fraction': mean(episodes.map(({ terminated }) => (terminated ? 1 : 0))),
    ...(lengthReward !== null && { 'response/length_reward_correlation': lengthReward }),
    'reward/std': Math.sqrt(variance(scores, 0)),
    'reward/min': Math.min(...scores),
    'reward/max': Math.max(...scores),
    'time/rollout': seconds.rollout,
    'time/score': seconds.score,
    'time/train': seconds.train,
    'time/step': step,
    'throughput/tokens_per_second': lengths.reduce((sum, length) => sum + length, 0) / step,
    'throughput/samples_per_second': episodes.length / step,
  };
}
