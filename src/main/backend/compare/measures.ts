import { z } from 'zod';
import type { Estimate, WinRate } from '#shared/domain.ts';
import type { AnswerRow } from '#shared/jobs.ts';
import { fewObservations, meanEstimate, proportion } from '#shared/statistics.ts';
import { hasStrayNumber } from './stray-numbers.ts';

const estimate = z.object({ value: z.number(), low: z.number(), high: z.number(), n: z.number() });

/** What is measured of one checkpoint's answers, as the report keeps it. */
export const measures = z.object({
  reward: estimate.nullable(),
  kl: estimate.nullable(),
  length: estimate,
  terminatedFraction: z.number(),
  distinctFraction: z.number(),
  /** Null in reports of earlier versions. */
  strayNumbers: estimate.nullable().default(null),
});
export type Measures = z.infer<typeof measures>;

const nothing: Estimate = { value: 0, low: 0, high: 0, n: 0 };

/**
 * Measures of one checkpoint's answers, one a prompt; means with 95% intervals over prompts. `kl` is k3, nats a response.
 * @param promptOf the words that an answer answers
 */
export function measuresOf<Answer extends Pick<AnswerRow, 'text' | 'ids' | 'terminated' | 'reward' | 'kl'>>(
  answers: readonly Answer[],
  promptOf: (answer: Answer) => string,
): Measures {
  const kl = answers.flatMap((answer) => (answer.kl ? [answer.kl.k3] : []));
  return {
    reward: meanEstimate(answers.flatMap((answer) => (answer.reward === null ? [] : [answer.reward]))),
    kl: meanEstimate(kl),
    length: meanEstimate(answers.map((answer) => answer.ids.length)) ?? nothing,
    terminatedFraction: answers.filter((answer) => answer.terminated).length / Math.max(1, answers.length),
    distinctFraction: distinctPairs(answers.map((answer) => answer.text)),
    strayNumbers: proportion(answers.filter((answer) => hasStrayNumber(promptOf(answer), answer.text)).length, answers.length),
  };
}

/** Distinct-2 (Li et al. 2016): different pairs of neighboring words over all such pairs, over all texts together; 0 when there are none. */
export function distinctPairs(texts: readonly string[]): number {
  const seen = new Set<string>();
  let count = 0;
  for (const text of texts) {
    const words = text.split(/\s+/).filter((word) => word !== '');
    for (let index = 1; index < words.length; index++) {
      seen.add(`${words[index - 1]} ${words[index]}`);
      count++;
    }
  }
  return count === 0 ? 0 : seen.size / count;
}

/**
 * The win rate of the second checkpoint over the first. `equal` prompts, answered with the same text by both, are ties that were never shown;
 * they enter in proportion to how many of the other `pairs` are voted on, so that voting half way does not pull the rate to ½.
 */
export function winRateOf(votes: { wins: number; ties: number; losses: number }, pairs: number, equal: number): WinRate | null {
  const voted = votes.wins + votes.ties + votes.losses;
  if (voted === 0 && pairs > 0) return null;
  const tied = votes.ties + (pairs === 0 ? equal : Math.round((equal * voted) / pairs));
  const n = votes.wins + tied + votes.losses;
  if (n === 0) return null;
  return { wins: votes.wins, ties: tied, losses: votes.losses, rate: n < fewObservations ? null : proportion(votes.wins + tied / 2, n) };
}
