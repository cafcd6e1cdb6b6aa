import { expect, test } from 'vitest';
import type { Ranking } from '#shared/domain.ts';
import type { Store } from '#store/store.ts';
import { addPair } from '../support/judge.ts';
import { openDemoProject } from '../support/open-project.ts';
import { judgmentRow } from '../support/rows.ts';

const texts = [
  'Short.',
  'A longer answer without any form to it.',
  '- one\n- two',
  '# Heading\nwith **bold** words',
  'First:\n1. one\n2. two and **more**',
];
const isList = (text: string) => /^(- |\* |1\. )/m.test(text);
const isHeaded = (text: string) => /^#{1,3} /m.test(text);

/** A person's verdicts on one comparison, the slow way: every two slots, from the ranking, the order shown and the texts themselves. */
function slowly(ranking: Ranking | null, strength: number | null, order: number[], shown: string[], seconds: number) {
  const place = (slot: number) => (ranking === null ? 0 : ranking.findIndex((group) => group.includes(slot)));
  return shown.flatMap((low, a) =>
    shown.slice(a + 1).map((high, offset) => {
      const b = a + 1 + offset;
      const better = Math.sign(place(a) - place(b)); // below 0: a
      const side = (low: number, high: number) => better * Math.sign(high - low) + 0;
      return {
        pair: a * 256 + b,
        answer: better * (strength ?? 1) + 0,
        leftSide: shown.length > 2 ? 0 : better * Math.sign(order.indexOf(a) - order.indexOf(b)) + 0,
        longer: side([...low].length, [...high].length),
        list: side(Number(isList(low)), Number(isList(high))),
        heading: side(Number(isHeaded(low)), Number(isHeaded(high))),
        bold: side(Number(low.includes('**')), Number(high.includes('**'))),
        fast: seconds === 0 ? 0 : seconds * 1000 < Math.max(500, 10 * ([...low].length + [...high].length)) ? 1 : -1,
      };
    }),
  );
}

function judge(
  store: Store,
  personId: string,
  shown: string[],
  order: number[],
  judgments: { ranking: Ranking | null; strength: 1 | 2 | 3 | null; bothBad?: boolean; seconds?: number; withdrawn?: boolean }[],
) {
  const comparison = addPair(store, { prompt: `forms ${Math.random()}`, texts: shown });
  const id = `asg_${comparison.seq}`;
  store.assignments.insert({
    id,
    comparisonId: comparison.id,
    personId,
    orderShown: order,
    queue: 'labeling',
    comparisonSeq: comparison.seq,
    createdAt: 1,
  });
  for (const { seconds = 2, ...row } of judgments) {
    const revises = store.assignments.get(id)!.latest;
    store.judgments.insert(judgmentRow({ assignmentId: id, personId, revises, shownAt: 1000, decidedAt: 1000 + 1000 * seconds, ...row }));
  }
  return store.verdicts
    .range(comparison.seq - 1, comparison.seq)
    .map(({ comparisonSeq: _, person: __, purpose: ___, guideline: ____, judgmentSeq: _____, ...verdict }) => verdict);
}

test('a verdict says what the ranking, the sides and the texts say', () => {
  const { store, owner } = openDemoProject({ pairs: 0, simulated: 0 });
  for (const [a, first] of texts.entries()) {
    for (const second of texts.slice(a + 1)) {
      for (const order of [
        [0, 1],
        [1, 0],
      ]) {
        for (const [ranking, strength] of [
          [[[0], [1]], 3],
          [[[1], [0]], 1],
          [[[0, 1]], null],
        ] as [Ranking, 1 | 3 | null][]) {
          const verdicts = judge(store, owner, [first, second], order, [{ ranking, strength, seconds: a % 2 ? 0.2 : 60 }]);
          expect(verdicts).toEqual(slowly(ranking, strength, order, [first, second], a % 2 ? 0.2 : 60));
        }
      }
    }
  }
});

test('a ranking of K gives a verdict for every two, ties within a group', () => {
  const { store, owner } = openDemoProject({ pairs: 0, simulated: 0 });
  const shown = texts.slice(0, 4);
  const ranking: Ranking = [[2], [0, 3], [1]];
  expect(judge(store, owner, shown, [3, 1, 0, 2], [{ ranking, strength: 1 }])).toEqual(slowly(ranking, 1, [3, 1, 0, 2], shown, 2));
});

test('both bad is a tie; a revision replaces, a withdrawal or a skip takes away; an import was not timed', () => {
  const { store, owner } = openDemoProject({ pairs: 0, simulated: 0 });
  const pair = texts.slice(0, 2);
  const last = (judgments: Parameters<typeof judge>[4]) => judge(store, owner, pair, [0, 1], judgments);
  expect(last([{ ranking: null, strength: null, bothBad: true }])).toMatchObject([{ answer: 0, longer: 0, leftSide: 0 }]);
  expect(
    last([
      { ranking: [[0], [1]], strength: 2 },
      { ranking: [[1], [0]], strength: 3 },
    ]),
  ).toMatchObject([{ answer: 3, leftSide: -1 }]);
  expect(
    last([
      { ranking: [[0], [1]], strength: 2 },
      { ranking: null, strength: null, withdrawn: true },
    ]),
  ).toEqual([]);
  expect(
    last([
      { ranking: [[0], [1]], strength: 2 },
      { ranking: null, strength: null },
    ]),
  ).toEqual([]);
  expect(last([{ ranking: [[0], [1]], strength: 1, seconds: 0 }])).toMatchObject([{ fast: 0 }]);
});
