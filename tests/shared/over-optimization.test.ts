import { expect, test } from 'vitest';
import { courseOf, type JudgedAnswer, verdictOf } from '#shared/over-optimization.ts';

const answer = (step: number, kl: number, proxy: number, gold: number): JudgedAnswer => ({ step, kl, proxy, gold });

test('a course has the means of each step, in order of steps', () => {
  const rows = courseOf([answer(2, 4, 1, 2), answer(0, 0, 0, 1), answer(2, 8, 2, -1), answer(0, 0, 1, 2)]);
  expect(rows).toEqual([
    { step: 0, kl: 0, proxy: 0.5, gold: 1.5 },
    { step: 2, kl: 6, proxy: 1.5, gold: 0.5 },
  ]);
  expect(courseOf([])).toEqual([]);
});

test('gold that peaks and falls below SFT while the proxy rises is said with its steps', () => {
  const course = [
    answer(0, 0, 0, 1),
    answer(1, 2, 0.5, 2),
    answer(2, 9, 1, 0.5),
    answer(3, 20, 1.2, 1.2),
    answer(4, 40, 1.4, -1),
    answer(5, 60, 1.5, -2),
  ];
  expect(verdictOf(course)).toMatchObject({
    sftGold: 1,
    peak: { step: 1, gold: 2 },
    last: { step: 5 },
    belowSftFrom: 4,
    goldLost: 4,
    proxyGained: 1,
  });
});

test('a course that stays above SFT never falls below it', () => {
  const course = [answer(0, 0, 0, 1), answer(1, 1, 0.5, 2), answer(2, 2, 0.6, 1.8)];
  expect(verdictOf(course)).toMatchObject({ belowSftFrom: null, peak: { step: 1 } });
  expect(verdictOf([answer(0, 0, 0, 1)])).toMatchObject({ belowSftFrom: null, goldLost: 0, proxyGained: 0 });
  expect(() => verdictOf([])).toThrow(RangeError);
});
