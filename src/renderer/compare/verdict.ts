import type { WinRate } from '#shared/domain.ts';
import { fewObservations, wilsonInterval } from '#shared/statistics.ts';
import { count } from '../ui/format.ts';

export type Verdict = 'better' | 'worse' | 'undecided' | 'too few' | 'not judged';

/** What blind votes say of a checkpoint against the first: better or worse once the 95% interval leaves 50%, undecided until then. */
export function verdictOf(winRate: WinRate | null): Verdict {
  if (winRate === null) return 'not judged';
  if (winRate.rate === null) return 'too few';
  if (winRate.rate.low > 0.5) return 'better';
  if (winRate.rate.high < 0.5) return 'worse';
  return 'undecided';
}

/** Blind votes so far. */
export function votesOf(winRate: WinRate): number {
  return winRate.wins + winRate.ties + winRate.losses;
}

/**
 * How many more votes would bring the interval off 50%, if the rate stays as it is; null where no number up to 10,000 would.
 * The interval narrows with n at a fixed rate, so the first n that decides is found by halving.
 */
export function votesToDecide(winRate: WinRate): number | null {
  const n = votesOf(winRate);
  if (n === 0) return null;
  const rate = (winRate.wins + winRate.ties / 2) / n;
  const decides = (votes: number) => {
    const { low, high } = wilsonInterval(rate * votes, votes);
    return low > 0.5 || high < 0.5;
  };
  let below = n;
  let above = n + 10_000;
  if (!decides(above)) return null;
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    if (decides(middle)) above = middle;
    else below = middle;
  }
  return Math.max(above, fewObservations) - n;
}

/** The finding of a comparison, a sentence: `Undecided: ppo-2 may be better than SFT`. */
export function verdictSentence(name: string, reference: string, winRate: WinRate | null): string {
  switch (verdictOf(winRate)) {
    case 'better':
      return `${name} is better than ${reference}`;
    case 'worse':
      return `${name} is worse than ${reference}`;
    case 'undecided':
      return `Undecided: ${name} may be ${winRate!.rate!.value >= 0.5 ? 'better' : 'worse'} than ${reference}`;
    case 'too few':
      return `Undecided: ${name} won ${winRate!.wins} of ${votesOf(winRate!)} against ${reference}`;
    case 'not judged':
      return `${name} against ${reference}: nobody has judged them yet`;
  }
}

/** What would decide it, or what the decision rests on. */
export function whatDecides(winRate: WinRate | null, waiting: number): string {
  const verdict = verdictOf(winRate);
  if (verdict === 'not judged') return 'Blind votes decide: which of two answers is better, without knowing whose they are.';
  if (verdict === 'too few') {
    const missing = fewObservations - votesOf(winRate!);
    return `Too few for a percentage; ${missing} more and it gets one, with an interval.`;
  }
  if (verdict !== 'undecided') return 'The interval is clear of 50%.';
  const more = votesToDecide(winRate!);
  if (more === null) return 'At this rate no number of votes would tell them apart.';
  const asked = waiting > 0 && more > waiting ? `, more than the ${count(waiting)} that wait: compare on more prompts` : '';
  return `If the rate holds, about ${count(more)} more decide it${asked}.`;
}
