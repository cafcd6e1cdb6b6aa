import { describe, expect, it } from 'vitest';
import { verdictOf, verdictSentence, votesToDecide, whatDecides } from '../../../src/renderer/compare/verdict.ts';
import { fewObservations, proportion, wilsonInterval } from '../../../src/shared/statistics.ts';

function votes(wins: number, ties: number, losses: number) {
  const n = wins + ties + losses;
  return { wins, ties, losses, rate: n < fewObservations ? null : proportion(wins + ties / 2, n) };
}

describe('verdictOf', () => {
  it('decides only when the interval has left 50%', () => {
    expect(verdictOf(null)).toBe('not judged');
    expect(verdictOf(votes(11, 0, 3))).toBe('too few');
    expect(verdictOf(votes(72, 31, 45))).toBe('better');
    expect(verdictOf(votes(60, 31, 57))).toBe('undecided');
    expect(verdictOf(votes(20, 0, 60))).toBe('worse');
  });
});

describe('votesToDecide', () => {
  it('is the first number that decides at the same rate, found the slow way', () => {
    for (const winRate of [votes(26, 4, 20), votes(15, 2, 18), votes(55, 0, 45)]) {
      const n = winRate.wins + winRate.ties + winRate.losses;
      const rate = (winRate.wins + winRate.ties / 2) / n;
      let more = 1;
      for (; more <= 10_000; more++) {
        const { low, high } = wilsonInterval(rate * (n + more), n + more);
        if (low > 0.5 || high < 0.5) break;
      }
      expect(votesToDecide(winRate)).toBe(more);
    }
  });

  it('says so where nothing would decide', () => {
    expect(votesToDecide(votes(25, 0, 25))).toBeNull();
    expect(whatDecides(votes(25, 0, 25), 10)).toContain('no number of votes');
  });
});

describe('words', () => {
  it('hedges once, by the interval, and shows a count where a percentage would claim too much', () => {
    expect(verdictSentence('ppo-2', 'SFT', votes(72, 31, 45))).toBe('ppo-2 is better than SFT');
    expect(verdictSentence('ppo-2', 'SFT', votes(60, 31, 57))).toBe('Undecided: ppo-2 may be better than SFT');
    expect(verdictSentence('ppo-2', 'SFT', votes(11, 0, 3))).toBe('Undecided: ppo-2 won 11 of 14 against SFT');
    expect(whatDecides(votes(11, 0, 3), 20)).toBe('Too few for a percentage; 6 more and it gets one, with an interval.');
  });
});
