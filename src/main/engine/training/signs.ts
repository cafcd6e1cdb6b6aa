import type { RunSign } from '#shared/api/runs.ts';
import type { MetricName, Metrics } from '#shared/metrics.ts';
import { mean } from './maths/statistics.ts';

/** What one step showed, as far as the detectors look. */
export interface StepFacts {
  step: number;
  values: Metrics;
  /** max |ρ − 1| over the tokens of the first minibatch, before any update of this batch: 0 but for rounding, and in DPO. */
  firstRatioDeviation: number;
}

/** Names of the signs of failure that are looked for (spec/algorithms.md, "Signs of failure the app must name by itself"). */
export const signNames = [
  'path_mismatch',
  'sampling_mismatch',
  'negative_kl',
  'entropy_collapse',
  'length_bias',
  'reward_hacking',
  'no_signal',
  'likelihood_displacement',
] as const;
export type SignName = (typeof signNames)[number];

/**
 * The signs that the newest step of `history` (oldest first, from step 0 on) gives, less those `already` given: each is said once a run.
 * Pure, so that a resumed run says the same as an uninterrupted one.
 */
export function findSigns(history: readonly StepFacts[], already: ReadonlySet<string>): RunSign[] {
  const last = history.at(-1);
  if (!last) return [];
  const detectors: Record<SignName, () => string | null> = {
    path_mismatch: () => pathMismatch(last),
    sampling_mismatch: () => samplingMismatch(history),
    negative_kl: () => negativeKl(history),
    entropy_collapse: () => entropyCollapse(history),
    length_bias: () => lengthBias(history),
    reward_hacking: () => rewardHacking(history),
    no_signal: () => noSignal(history),
    likelihood_displacement: () => likelihoodDisplacement(history),
  };
  return signNames
    .filter((sign) => !already.has(sign))
    .flatMap((sign) => {
      const sentence = detectors[sign]();
      return sentence === null ? [] : [{ step: last.step, sign, sentence }];
    });
}

/** Sampling and training must measure the same distribution: before the first update of a batch every ratio is 1. */
function pathMismatch({ firstRatioDeviation }: StepFacts): string | null {
  if (firstRatioDeviation < 0.05) return null;
  return `New and old probabilities of the same answers differ by ${(100 * firstRatioDeviation).toFixed(0)}% before any update: answering and training disagree, so this run cannot be trusted. Report it with the run's log.`;
}

/** Gaps of two to eight batches together (Stouffer 1949): each is in standard errors, so their sum is by √n of them. Five by chance is less than one in a million. */
function samplingMismatch(history: readonly StepFacts[]): string | null {
  const gaps = newest(history, 'policy/sampling_gap', 8);
  const together = gaps.reduce((sum, gap) => sum + gap, 0) / Math.sqrt(gaps.length);
  if (gaps.length < 2 || !(Math.abs(together) > 5)) return null;
  const how = together > 0 ? 'less probable' : 'more probable';
  return `Tokens of answers are ${how} than what is trained makes them (by ${Math.abs(together).toFixed(0)} standard errors): answers are drawn at another temperature, or by another model, than is measured. This run cannot be trusted; report it with the run's log.`;
}

/** KL by k1 is above 0 on average; one batch may dip under it by chance, three in a row well under it may not. */
function negativeKl(history: readonly StepFacts[]): string | null {
  const kl = newest(history, 'objective/kl_k1', 3);
  const lengths = newest(history, 'response/length_mean', 3);
  if (kl.length < 3 || !kl.every((value, i) => value < Math.min(-0.1, -0.02 * lengths[i]!))) return null;
  return `KL has been below zero for three steps (${kl.at(-1)!.toFixed(2)} nats a response): answers are not drawn from the distribution that is trained. Set the temperature to 1, or report it.`;
}

/** Entropy a token against where it began: per answer it would also fall when answers only get shorter. */
function entropyCollapse(history: readonly StepFacts[]): string | null {
  const perToken = history.map(
    ({ values }) => (values['objective/entropy'] ?? Number.NaN) / (values['response/length_mean'] ?? Number.NaN),
  );
  const [before, now] = [perToken[0], mean(perToken.slice(-2))];
  if (history.length < 3 || before === undefined || !(now < 0.1 * before)) return null;
  return `Answers have become nearly certain (entropy is ${((100 * now) / before).toFixed(0)}% of what it was): the policy repeats itself and learns no more. Stop the run; the step that was best on held-out prompts can be kept as its checkpoint. Raise β or lower the learning rate for the next one.`;
}

/** Length, or the share of answers cut off, rises together with reward. */
function lengthBias(history: readonly StepFacts[]): string | null {
  if (history.length < 4) return null;
  const { first, now } = firstAndNow(history);
  if (now('objective/reward') <= first('objective/reward')) return null;
  const cutOff = first('response/terminated_fraction') - now('response/terminated_fraction');
  const longer = now('response/length_mean') / first('response/length_mean') - 1;
  if (cutOff > 0.2) {
    return `Reward rises and ${(100 * cutOff).toFixed(0)}% more answers run into the length limit: the reward model may be paying for length. Look at its correlation with length, and penalize unfinished answers.`;
  }
  if (longer > 0.5 && now('response/length_reward_correlation') > 0.2) {
    return `Reward rises while answers are ${(100 * longer).toFixed(0)}% longer, and longer ones score higher: the reward model may be paying for length. Compare with SFT before you use this checkpoint.`;
  }
  return null;
}

/** Beyond about 15 nats a response the reward model judges answers of a kind that it never saw (Gao et al. 2023). */
function rewardHacking(history: readonly StepFacts[]): string | null {
  if (history.length < 4) return null;
  const { first, now } = firstAndNow(history);
  const risen = now('objective/reward') - first('objective/reward');
  const apart = now('reward/disagreement') / first('reward/disagreement');
  if (risen > 0 && apart > 2) {
    return `Reward is up by ${risen.toFixed(2)}, but the members of the reward model disagree ${apart.toFixed(1)} times as much about the answers as at first: they pay for what no judgment taught them. Read the samples, raise β, or give the reward model a caution (its lower bound).`;
  }
  if (!(risen > 0 && now('objective/kl') >= 15 && now('objective/kl') > first('objective/kl'))) return null;
  return `Reward is up by ${risen.toFixed(2)}, but KL has reached ${now('objective/kl').toFixed(0)} nats a response: so far from SFT the reward model is easily fooled. Read the samples, and compare what it keeps with SFT, blind; a larger β keeps the next run closer.`;
}

/** A policy learns from differences: GRPO from those within a group, PPO from those within a batch. */
function noSignal(history: readonly StepFacts[]): string | null {
  const spread = newest(history, 'reward/std', 3);
  if (spread.length === 3 && spread.every((deviation) => deviation < 1e-9)) {
    return 'All answers of three steps got the same reward, so there is nothing to learn from. Choose harder prompts or a higher temperature, or a reward that tells answers apart.';
  }
  const zero = newest(history, 'grpo/zero_std_fraction', 3);
  if (zero.length < 3 || !(mean(zero) > 0.9)) return null;
  return `In ${(100 * mean(zero)).toFixed(0)}% of groups all answers got the same reward, so there is nothing to learn from. Choose harder prompts, more answers a prompt or a higher temperature, or a reward model that tells answers apart.`;
}

/** Nats that chosen answers may lose while their margin grows before it is said: a few are usual (Pal et al. 2024, Razin et al. 2024). */
const displacement = 5;

/** DPO's loss asks only for a margin, and may widen it by making both answers less probable: what is probable instead, nobody judged. */
function likelihoodDisplacement(history: readonly StepFacts[]): string | null {
  if (history.length < 4) return null;
  const { first, now } = firstAndNow(history);
  const gained = now('dpo/chosen_reward') / now('kl/beta');
  if (!(now('dpo/margin') > first('dpo/margin')) || !(gained < -displacement)) return null;
  return `The margin grows, but chosen answers have become less probable by ${(-gained).toFixed(1)} nats: the policy moves to answers that nobody judged. Read the samples and compare with SFT, blind; raise β, lower the learning rate or train fewer epochs.`;
}

function newest(history: readonly StepFacts[], name: MetricName, count: number): number[] {
  return history.slice(-count).map(({ values }) => values[name] ?? Number.NaN);
}

/** A metric at the first step, and its mean over the newest three. A missing one is NaN, for which no comparison holds. */
function firstAndNow(history: readonly StepFacts[]): { first: (name: MetricName) => number; now: (name: MetricName) => number } {
  return {
    first: (name) => history[0]?.values[name] ?? Number.NaN,
    now: (name) => mean(newest(history, name, 3)),
  };
}
