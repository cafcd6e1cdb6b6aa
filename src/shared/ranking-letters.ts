import type { Ranking } from './domain.ts';

/** How many responses can be ranked at once: one key each, and texts that are still read side by side. */
export const mostRanked = 6;

/** A ranking in the letters under which its responses were shown, best first: `B > D = A > C`. `shown` has the slots from left to right. */
export function inLetters(ranking: Ranking, shown: readonly number[]): string {
  return ranking.map((group) => group.map((slot) => letterAt(shown.indexOf(slot))).join(' = ')).join(' > ');
}

/** A, B, C … by place from the left. */
export const letterAt = (place: number): string => String.fromCharCode('A'.charCodeAt(0) + place);
