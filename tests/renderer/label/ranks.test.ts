import { describe, expect, it } from 'vitest';
import type { JudgmentView, LabelItem } from '#shared/api/labeling.ts';
import { complete, drop, noRanks, pick, placeOf, type Ranks, ranksOf, takeBack, tie } from '../../../src/renderer/label/ranks.ts';

/** Types letters, `=` and `<` (Backspace). */
const type = (keys: string): Ranks =>
  [...keys].reduce(
    (ranks, key) => (key === '=' ? tie(ranks) : key === '<' ? takeBack(ranks) : pick(ranks, key.charCodeAt(0) - 97)),
    noRanks,
  );

describe('ranking by letters', () => {
  it('takes best first, ties by =, and lets the last one fall into its place', () => {
    expect(complete(type('bd=a'), 4)).toEqual([[1], [3, 0], [2]]);
    expect(complete(type('bd=ac'), 4)).toEqual([[1], [3, 0], [2]]);
    expect(complete(type('bd=a='), 4)).toEqual([[1], [3, 0, 2]]);
    expect(complete(type('b'), 4)).toBeNull();
  });

  it('takes back one press at a time, to the beginning and no further', () => {
    expect(type('bd=a<')).toEqual(type('bd'));
    expect(type('bd=<')).toEqual(type('bd'));
    expect(type('bd=a<<<<<')).toEqual(noRanks);
  });

  it('does not move what has its place, and ties with nothing at the start', () => {
    expect(type('bb')).toEqual(type('b'));
    expect(type('=b')).toEqual(type('b'));
    expect(type('b==d')).toEqual(type('bd'));
  });

  it('names places as people do', () => {
    const ranks = type('bd=ac');
    expect([0, 1, 2, 3].map((index) => placeOf(ranks, index))).toEqual(['2nd, tied', '1st', '4th', '2nd, tied']);
    expect(placeOf(type('b'), 0)).toBeNull();
  });

  it('can be dragged: to a place of its own, onto another for a tie, and away from where it was', () => {
    expect(drop([], 2, 0, false).order).toEqual([[2]]);
    expect(drop([[1], [3, 0]], 2, 1, false).order).toEqual([[1], [2], [3, 0]]);
    expect(drop([[1], [3, 0]], 2, 2, false).order).toEqual([[1], [3, 0], [2]]);
    expect(drop([[1], [3, 0], [2]], 2, 0, false).order).toEqual([[2], [1], [3, 0]]);
    expect(drop([[1], [3, 0], [2]], 1, 2, false).order).toEqual([[3, 0], [1], [2]]);
    expect(drop([[1], [3, 0], [2]], 2, 0, true).order).toEqual([
      [1, 2],
      [3, 0],
    ]);
    expect(drop([[1], [3, 0], [2]], 1, 0, true).order).toEqual([[1], [3, 0], [2]]);
  });

  it('begins with the order that was taken back or is looked at again, whatever the order shown', () => {
    const item = (given: Partial<LabelItem>) =>
      ({
        current: null,
        takenBack: null,
        responses: [2, 0, 3, 1].map((slot) => ({ slot, messages: [] })),
        ...given,
      }) as unknown as LabelItem;
    const judged = (ranking: JudgmentView['ranking']) => ({ ranking }) as JudgmentView;
    expect(ranksOf(item({}))).toEqual(noRanks);
    expect(ranksOf(item({ takenBack: judged([[2], [0, 3], [1]]) }))).toEqual({ order: [[0], [1, 2], [3]], equal: false });
    expect(ranksOf(item({ current: judged([[1], [3], [0], [2]]) })).order).toEqual([[3], [2], [1], [0]]);
    expect(ranksOf(item({ takenBack: judged(null) }))).toEqual(noRanks);
  });
});
