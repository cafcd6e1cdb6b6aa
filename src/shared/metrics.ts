/** One vocabulary for every run (spec/algorithms.md, "Metric names"), with the one line that the progress view shows beside each. */
export const metricMeanings = {
  'objective/reward': 'mean reward of a batch of answers',
  'objective/kl': 'nats a response, summed over its tokens, by the estimator that is paid for',
  'objective/kl_k1': 'the same by k1, which has no bias: below 0 for long means that sampling and training disagree',
  'objective/kl_k3': 'the same by k3, which is never negative: for display',
  'objective/rlhf_reward': 'reward − β·KL: what is maximized',
  'objective/entropy': 'nats a response; 0 is collapse',
  'policy/loss': 'clipped surrogate loss',
  'policy/approx_kl': 'how far a batch moved the policy',
  'policy/clip_fraction': 'tokens whose update was held back by ε',
  'policy/ratio': 'new over old probability; 1 at the first minibatch',
  'policy/sampling_gap':
    'surprise of answers beyond their entropy, in standard errors; ±5: drawn from another distribution than is trained',
  'policy/grad_norm': 'gradient norm before clipping',
  'policy/lr': 'learning rate',
  'value/loss': 'clipped error of the value head',
  'value/clip_fraction': 'value updates held back',
  'value/explained_variance': 'how well V predicts returns; 1 is perfect',
  'kl/beta': 'weight of the KL penalty',
  'kl/target': 'KL that the adaptive controller aims at',
  'held_out/reward': 'mean reward on prompts kept out of training; with members, their lower bound',
  'held_out/kl': 'nats a response on prompts kept out of training',
  'held_out/rlhf_reward': 'held-out reward − β·KL, by which the best state is chosen',
  'held_out/kept_step': 'the step whose policy became the checkpoint',
  'response/length_mean': 'tokens in an answer',
  'response/terminated_fraction': 'answers that ended by themselves',
  'response/length_reward_correlation': 'do longer answers score higher',
  'reward/std': 'spread of rewards in a batch',
  'reward/min': 'lowest reward in a batch',
  'reward/max': 'highest reward in a batch',
  'reward/disagreement': 'how far the members of the reward model are apart',
  'dpo/loss': 'loss of judged pairs; 0.69 is knowing nothing',
  'dpo/accuracy': 'pairs whose chosen answer gained more',
  'dpo/margin': 'chosen reward less rejected reward',
  'dpo/chosen_reward': 'β times what chosen answers gained over SFT, nats',
  'dpo/rejected_reward': 'β times what rejected answers gained over SFT, nats',
  'dpo/chosen_logp': 'log-probability of a chosen answer, nats',
  'dpo/rejected_logp': 'log-probability of a rejected answer, nats',
  'dpo/held_out_loss': 'the loss on prompts kept out of training',
  'dpo/held_out_accuracy': 'the accuracy on prompts kept out of training',
  'grpo/loss': 'clipped surrogate loss and β·KL, over tokens',
  'grpo/zero_std_fraction': 'prompts whose answers all got the same reward: nothing to learn from',
  'grpo/reward_std': 'spread of rewards among answers to one prompt',
  'rm/loss': 'Bradley–Terry loss',
  'rm/accuracy': 'pairs ordered as people did',
  'rm/margin': 'mean reward difference, chosen over rejected',
  'rm/calibration_error': 'stated probability against how often it held',
  'rm/held_out_accuracy': 'the same on prompts kept out of training',
  'rm/held_out_loss': 'log-loss on prompts kept out of training',
  'sft/loss': 'cross-entropy of response tokens',
  'sft/perplexity': 'e to the loss',
  'sft/held_out_loss': 'the same on prompts kept out of training',
  'sft/token_accuracy': 'next tokens guessed right, held-out',
  'time/rollout': 'seconds answering prompts',
  'time/score': 'seconds scoring answers',
  'time/train': 'seconds updating weights',
  'time/step': 'seconds a step',
  'throughput/tokens_per_second': 'tokens processed a second',
  'throughput/samples_per_second': 'answers or pairs processed a second',
} as const satisfies Record<string, string>;

/** What one part of the reward gave by itself, before its weight (`rewards` of PPO and GRPO). */
export type PartMetric = `reward/part/${string}`;
export type MetricName = keyof typeof metricMeanings | PartMetric;
export type Metrics = Partial<Record<keyof typeof metricMeanings, number>> & Record<PartMetric, number>;

/** The one line beside a metric; empty for a name that this version does not know. */
export function metricMeaning(name: MetricName): string {
  if (name.startsWith('reward/part/')) return 'mean of this part of the reward, before its weight';
  return (metricMeanings as Partial<Record<MetricName, string>>)[name] ?? '';
}
