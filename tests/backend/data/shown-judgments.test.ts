import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportFile, previewExport } from '#backend/data/export.ts';
import { list } from '#backend/data/list.ts';
import { exportInput, type JudgmentRowView, listInput } from '#shared/api/data.ts';
import type { Store } from '#store/store.ts';
import { addPair } from '../../support/judge.ts';
import { labelerOf } from '../../support/labeler.ts';
import { openDemoProject } from '../../support/open-project.ts';
import { addPerson } from '../../support/people.ts';
import { temporaryFolder } from '../../support/temporary.ts';

function project() {
  const { store, owner } = openDemoProject({ pairs: 0, simulated: 0 });
  store.rules.save({ ...store.rules.get(), overlap: 1, overlapPeople: 2, mostPeople: 2, repeatShare: 0, goldShare: 0 });
  return { store, owner, ada: addPerson(store, 'Ada'), bea: addPerson(store, 'Bea') };
}

const judgments = (store: Store, viewer: string | null) =>
  list(store, listInput.parse({ table: 'judgments' }), viewer).rows as JudgmentRowView[];
const whole = exportInput.parse({ format: 'judgments' });

test('what people said of a pair that is not decided is hidden from whoever may decide it, in the table and in the export', () => {
  const { store, owner, ada, bea } = project();
  addPair(store, { prompt: 'Which?', texts: ['One.', 'The other.'] });
  const [first, second] = [labelerOf(store, ada), labelerOf(store, bea)];
  first.judge({ assignmentId: first.first().assignmentId, ranking: [[0], [1]], rationale: 'It is right.' });
  expect(judgments(store, owner)).toMatchObject([{ hidden: false, chosen: 'One.', other: 'The other.' }]);
  second.judge({ assignmentId: second.first().assignmentId, ranking: [[1], [0]] });
  expect(store.demand.disputes().undecided).toBe(1);

  for (const row of judgments(store, owner)) {
    expect(row).toMatchObject({ hidden: true, prompt: 'Which?', choice: '', chosen: '', other: '', rationale: null, strength: null });
  }
  expect(
    judgments(store, ada).every(({ hidden }) => !hidden),
    'Ada judged it and cannot decide it',
  ).toBe(true);
  expect(judgments(store, null).every(({ hidden }) => hidden)).toBe(true);
  expect(previewExport(store, whole)).toMatchObject({ rows: 0, sample: [], dropped: { disagreement: 2 } });

  const adjudicator = labelerOf(store, owner);
  const [item] = adjudicator.queue({ purpose: 'adjudication', count: 1 }).items;
  adjudicator.judge({ assignmentId: item!.assignmentId, ranking: [[0], [1]] });
  expect(judgments(store, owner)).toHaveLength(3);
  expect(judgments(store, owner).every(({ hidden }) => !hidden)).toBe(true);
  expect(previewExport(store, whole)).toMatchObject({ rows: 3, dropped: { disagreement: 0 } });
});

test('an export of preferences leaves out what is not decided, and takes the adjudicator at their word, as training does', () => {
  const { store, owner, ada, bea } = project();
  const people = [ada, bea, addPerson(store, 'Cyd'), addPerson(store, 'Dov')];
  store.rules.save({ ...store.rules.get(), overlapPeople: 4, mostPeople: 4 });
  addPair(store, { prompt: 'Which?', texts: ['One.', 'The other.'] });
  const rankings = [[[0], [1]], [[0], [1]], [[1], [0]], [[0, 1]]];
  for (const [index, ranking] of rankings.entries()) {
    const labeler = labelerOf(store, people[index]!);
    labeler.judge({ assignmentId: labeler.first().assignmentId, ranking });
  }
  const trl = exportInput.parse({ format: 'trl' });
  expect(store.demand.disputes().undecided, 'two of four are not more than half').toBe(1);
  expect(previewExport(store, trl)).toEqual({ rows: 0, sample: [], dropped: { ties: 0, bothBad: 0, disagreement: 1 } });
  const adjudicator = labelerOf(store, owner);
  const [item] = adjudicator.queue({ purpose: 'adjudication', count: 1 }).items;
  adjudicator.judge({ assignmentId: item!.assignmentId, ranking: [[0, 1]] });
  expect(previewExport(store, trl)).toEqual({ rows: 0, sample: [], dropped: { ties: 1, bothBad: 0, disagreement: 0 } });
});

test('ratings, reasons, flags and skips are shown, and go out whole with a judgment', () => {
  const { store, owner, ada } = project();
  const asks = { aspects: ['helpful'], minimumReason: 5 };
  store.guidelines.supersede({ markdown: 'Rate.', asks, createdAt: 2, createdBy: owner });
  addPair(store, { prompt: 'First', texts: ['a', 'b'] });
  addPair(store, { prompt: 'Second', texts: ['c', 'd'] });
  const { first, judge } = labelerOf(store, ada);
  const one = first();
  judge({
    ...{ assignmentId: one.assignmentId, ranking: [[1], [0]], strength: 3, ratings: { helpful: [2, 5] } },
    ...{ rationale: 'It answers.', flagged: 'names a person', times: { shown: 10, firstKey: 20, decided: 30 } },
  });
  judge({ assignmentId: first().assignmentId, ranking: null, skipped: 'not my language' });

  expect(judgments(store, owner)).toMatchObject([
    {
      person: 'Ada',
      rationale: 'It answers.',
      flagged: 'names a person',
      ratings: [{ aspect: 'helpful', chosen: 5, other: 2 }],
      strength: 3,
    },
  ]);

  const path = join(temporaryFolder(), 'judgments.jsonl');
  expect(exportFile(store, path, whole)).toMatchObject({ rows: 2 });
  const rows = readFileSync(path, 'utf8').trim().split('\n');
  expect(rows.map((row) => JSON.parse(row))).toMatchObject([
    {
      prompt: [{ role: 'user', content: 'First' }],
      responses: [{ messages: [{ role: 'assistant', content: 'a' }] }, { messages: [{ role: 'assistant', content: 'b' }] }],
      ...{ person: 'Ada', kind: 'person', purpose: 'labeling', shown: one.responses.map(({ slot }) => slot), ranking: [[1], [0]] },
      ...{ strength: 3, both_bad: false, skipped: null, flagged: 'names a person', ratings: { helpful: [2, 5] }, rationale: 'It answers.' },
      ...{ guideline: 2, shown_at: 10, first_key_at: 20, decided_at: 30 },
    },
    { prompt: [{ role: 'user', content: 'Second' }], ranking: null, skipped: 'not my language' },
  ]);
  store.people.enable(ada, false);
  expect(previewExport(store, whole).rows).toBe(0);
});

test('a search among judgments counts what it finds, never all there are', () => {
  const { store, ada } = project();
  for (const prompt of ['A bicycle', 'A boat', 'Another boat']) addPair(store, { prompt, texts: ['a', 'b'] });
  const labeler = labelerOf(store, ada);
  for (let turn = 0; turn < 3; turn++) labeler.judge({ assignmentId: labeler.first().assignmentId });
  const total = (given: object) => list(store, listInput.parse({ table: 'judgments', ...given }), ada).total;
  expect(total({})).toBe(3);
  expect(total({ search: 'bicycle' })).toBe(1);
  expect(total({ search: 'boat' })).toBe(2);
  expect(total({ search: 'boat', limit: 1 })).toBeNull();
});

test('a pair that was taken out says so among the comparisons', () => {
  const { store, owner } = project();
  const { id } = addPair(store, { prompt: 'First', texts: ['a', 'b'] });
  const rows = () => list(store, listInput.parse({ table: 'comparisons' }), owner).rows;
  expect(rows()).toMatchObject([{ removed: false }]);
  store.removals.removeComparison(id, owner, 1);
  expect(rows()).toMatchObject([{ removed: true }]);
});
