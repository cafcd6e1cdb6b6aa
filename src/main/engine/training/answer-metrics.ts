import type { Metrics } from '#shared/metrics.ts';
import { sequenceKl } from './maths/kl.ts';
import { correlation, mean, variance } from './maths/statistics.ts';

/**
 * Metrics of a batch of answers that PPO and GRPO share: how far they are from SFT by k1 and by k3, their lengths, their scores, and the time that they took.
 * @param scores what each answer was given: its reward, clipped or replaced. @param names of the parts of the reward; a single one is the reward and not told apart.
 */
export function answerMetrics(
  answers: readonly {
    surprise: { excess: number; squares: number };
    parts: readonly number[];
    disagreement: number | null;
    response: readonly number[];
    terminated: boolean;
    logProbs: readonly number[];
    referenceLogProbs: readonly number[];
  }[],
  scores: readonly number[],
  seconds: { rollout: number; score: number; train: number },
  names: readonly string[] = [],
): Metrics {
  const lengths = answers.map(({ response }) => response.length);
  const lengthReward = correlation(lengths, scores);
  const step = seconds.rollout + seconds.score + seconds.train;
  return {
    'objective/kl_k1': mean(answers.map(({ logProbs, referenceLogProbs }) => sequenceKl('k1', logProbs, referenceLogProbs))),
    'objective/kl_k3': mean(answers.map(({ logProbs, referenceLogProbs }) => sequenceKl('k3', logProbs, referenceLogProbs))),
    'policy/sampling_gap': samplingGap(answers),
    'response/length_mean': mean(lengths),
    'response/terminated_fraction': mean(answers.map(({ terminated }) => (terminated ? 1 : 0))),
    ...(lengthReward !== null && { 'response/length_reward_correlation': lengthReward }),
    'reward/std': Math.sqrt(variance(scores, 0)),
    'reward/min': Math.min(...scores),
    'reward/max': Math.max(...scores),
    ...disagreementOf(answers),
    ...(names.length > 1 &&
      Object.fromEntries(names.map((name, i) => [`reward/part/${name}`, mean(answers.map(({ parts }) => parts[i]!))]))),
    'time/rollout': seconds.rollout,
    'time/score': seconds.score,
    'time/train': seconds.train,
    'time/step': step,
    'throughput/tokens_per_second': lengths.reduce((sum, length) => sum + length, 0) / step,
    'throughput/samples_per_second': answers.length / step,
  };
}

/**
 * How much more surprising tokens were than their distributions make them on average, in standard errors. Given what precedes it, a token's −log π less entropy H has mean 0 if it
 * was drawn from π, whatever the others are, so the sum of it is 0 but for √(Σ squares): beyond ±5 the sampler draws from something else. Where π is nearly certain the rare
 * surprise may not have come yet and squares are too small; a token's variance is then still at least about H (H·log 1/ε for a tail of ε), so ΣH stands in.
 */
function samplingGap(answers: readonly { logProbs: readonly number[]; surprise: { excess: number; squares: number } }[]): number {
  const sum = (read: (answer: (typeof answers)[number]) => number) => answers.reduce((total, answer) => total + read(answer), 0);
  const excess = sum(({ surprise }) => surprise.excess);
  const entropy = sum(({ logProbs }) => -logProbs.reduce((a, b) => a + b, 0)) - excess;
  const spread = Math.max(
    sum(({ surprise }) => surprise.squares),
    entropy,
  );
  return spread > 0 ? excess / Math.sqrt(spread) : 0;
}

function disagreementOf(answers: readonly { disagreement: number | null }[]): Metrics {
  const values = answers.flatMap(({ disagreement }) => disagreement ?? []);
  return values.length === 0 ? {} : { 'reward/disagreement': mean(values) };
}
