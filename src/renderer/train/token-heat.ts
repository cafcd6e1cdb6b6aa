import type { SampleTokens } from '#shared/jobs.ts';

/** What the tint of a token can say. */
export type TokenMeasure = 'logRatios' | 'rewards' | 'values' | 'advantages';

export const tokenMeasures: readonly { measure: TokenMeasure; label: string; words: string }[] = [
  { measure: 'logRatios', label: 'log π/π_SFT', words: 'how much likelier the policy makes it than SFT did, nats' },
  { measure: 'rewards', label: 'Reward so far', words: 'rewards up to here, −β·KL a token and the score at the end' },
  { measure: 'values', label: 'Value', words: 'what the critic expects from here on' },
  { measure: 'advantages', label: 'Advantage', words: 'better or worse than expected, before whitening' },
];

/** One number a token, of the measure asked for; null where the method has none. Rewards are added up. */
export function valuesOf(tokens: SampleTokens, measure: TokenMeasure): readonly number[] | null {
  const values = tokens[measure];
  if (!values || measure !== 'rewards') return values ?? null;
  let sum = 0;
  return values.map((reward) => {
    sum += reward;
    return sum;
  });
}

/** Tint of a value between −1 and 1: its share of the largest in size, so that a calm answer does not look loud. `least` is a size that fills nothing. */
export function tintOf(value: number, values: readonly number[], least = 0.5): number {
  const largest = Math.max(least, ...values.map(Math.abs));
  return Math.max(-1, Math.min(1, value / largest));
}
