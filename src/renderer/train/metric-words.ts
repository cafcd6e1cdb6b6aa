import type { Method } from '#shared/domain.ts';
import { type MetricName, metricMeanings } from '#shared/metrics.ts';

/** A metric's value in three digits or so: 2,140 · 118 · 1.62 · 0.011 · 3e−4. Minus is −. */
export function metricValue(value: number): string {
  const size = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (size === 0) return '0';
  if (size < 0.001) return `${sign}${size.toExponential(1).replace('.0e', 'e').replace('e-', 'e−')}`;
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return sign + size.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Metrics in the order in which a reader needs them; the charts above already show the first ones of all. */
const order: Record<Method, MetricName[]> = {
  ppo: [
    'held_out/rlhf_reward',
    'response/length_mean',
    'response/length_reward_correlation',
    'objective/entropy',
    'policy/clip_fraction',
    'policy/approx_kl',
    'value/explained_variance',
    'response/terminated_fraction',
    'reward/std',
    'policy/grad_norm',
    'throughput/tokens_per_second',
  ],
  grpo: [
    'held_out/rlhf_reward',
    'grpo/zero_std_fraction',
    'grpo/reward_std',
    'response/length_mean',
    'response/length_reward_correlation',
    'objective/entropy',
    'policy/clip_fraction',
    'policy/approx_kl',
    'response/terminated_fraction',
    'policy/grad_norm',
    'throughput/tokens_per_second',
  ],
  dpo: [
    'dpo/held_out_accuracy',
    'dpo/accuracy',
    'dpo/chosen_reward',
    'dpo/rejected_reward',
    'policy/grad_norm',
    'policy/lr',
    'throughput/samples_per_second',
    'time/step',
  ],
  reward: ['rm/margin', 'rm/calibration_error', 'policy/grad_norm', 'policy/lr', 'throughput/samples_per_second', 'time/step'],
  sft: ['sft/perplexity', 'sft/token_accuracy', 'policy/grad_norm', 'policy/lr', 'throughput/tokens_per_second', 'time/step'],
};

/** What the charts of a method already show. */
const charted: Record<Method, MetricName[]> = {
  ppo: ['objective/reward', 'objective/kl', 'objective/rlhf_reward'],
  grpo: ['objective/reward', 'objective/kl', 'objective/rlhf_reward'],
  dpo: ['dpo/loss', 'dpo/held_out_loss', 'dpo/margin', 'dpo/chosen_logp', 'dpo/rejected_logp'],
  reward: ['rm/accuracy', 'rm/held_out_accuracy', 'rm/loss', 'rm/held_out_loss'],
  sft: ['sft/loss', 'sft/held_out_loss'],
};

/** The metrics a run has beside its charts, most telling first, then the others in the vocabulary's order. Parts of the reward stand before all. */
export function metricRows(method: Method, present: MetricName[]): MetricName[] {
  const has = new Set(present);
  const first = order[method].filter((name) => has.has(name));
  const seen = new Set<MetricName>([...first, ...charted[method]]);
  const parts = present.filter((name) => name.startsWith('reward/part/')).sort();
  const rest = (Object.keys(metricMeanings) as MetricName[]).filter((name) => has.has(name) && !seen.has(name));
  return [...parts, ...first, ...rest];
}
