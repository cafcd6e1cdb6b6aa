import { expect, test } from 'vitest';
import type { CountedJudgment, JudgmentInsert } from '#store/queries/judgments.ts';
import { openDemoProject } from '../support/open-project.ts';
import { assignNext, judgmentRow } from '../support/rows.ts';

/** What counts, computed the slow way: walk all rows in order and keep the last of each assignment. */
function slowly(rows: { seq: number; row: JudgmentInsert }[]): number[] {
  const latest = new Map<string, { seq: number; row: JudgmentInsert }>();
  for (const entry of rows) latest.set(entry.row.assignmentId, entry);
  return [...latest.values()]
    .filter(({ row }) => !row.withdrawn && (row.ranking !== null || row.bothBad))
    .map(({ seq }) => seq)
    .sort((a, b) => a - b);
}

test('after any mix of judging, revising, skipping and withdrawing, what counts is the last word on each pair', () => {
  const { store, owner } = openDemoProject({ pairs: 20, simulated: 0 });
  const assignments = Array.from({ length: 20 }, () => assignNext(store, owner));
  const rows: { seq: number; row: JudgmentInsert }[] = [];
  let state = 7;
  const draw = (below: number) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state % below;
  };
  const kinds: Partial<JudgmentInsert>[] = [
    { ranking: [[0], [1]] },
    { ranking: [[0, 1]], strength: null },
    { ranking: null, strength: null, bothBad: true },
    { ranking: null, strength: null, skipped: 'cannot tell' },
    { ranking: null, strength: null, withdrawn: true },
  ];
  for (let turn = 0; turn < 300; turn++) {
    const assignmentId = assignments[draw(20)] ?? '';
    const revises = store.assignments.get(assignmentId)?.latest ?? null;
    const row = judgmentRow({ assignmentId, personId: owner, revises, ...kinds[draw(kinds.length)] });
    rows.push({ seq: store.judgments.insert(row), row });
  }
  const seqs = (list: CountedJudgment[]) => list.map(({ seq }) => seq).sort((a, b) => a - b);
  expect(seqs(store.judgments.counted())).toEqual(slowly(rows));
  expect(store.judgments.countsByKind()).toEqual({ person: slowly(rows).length, simulated: 0, model: 0 });
  const states = store.assignments.states(owner, 'labeling');
  expect(store.progress.ofPerson(owner, 'labeling')).toEqual({ judged: states.judged, setAside: states.set_aside });
  expect(store.progress.queued('labeling')).toBe(store.comparisons.queuedCount('labeling', 0));
});

test('simulated judgments count only while switched in, and only as simulated', () => {
  const { store } = openDemoProject({ pairs: 3, simulated: 8 });
  const annotator = store.people.ofKind('simulated')[0];
  if (!annotator) throw new Error('the demo has no simulated annotator');
  expect(store.judgments.countsByKind()).toEqual({ person: 0, simulated: 0, model: 0 });
  expect(store.judgments.counted()).toEqual([]);
  store.people.enable(annotator.id, true);
  expect(store.judgments.countsByKind()).toEqual({ person: 0, simulated: 8, model: 0 });
  expect(store.judgments.counted().every(({ kind }) => kind === 'simulated')).toBe(true);
  store.people.enable(annotator.id, false);
  expect(store.judgments.counted()).toEqual([]);
  expect(store.judgments.countOfPerson(annotator.id)).toBe(8);
});

test('search finds prompts and responses by their words', () => {
  const { store } = openDemoProject({ pairs: 4, simulated: 0 });
  expect(store.prompts.page('towels', 0, 10)).toHaveLength(4);
  expect(store.prompts.page('"room 2"', 0, 10).map(({ id }) => id)).toEqual(['demo_2']);
  expect(store.prompts.page('bicycle', 0, 10)).toEqual([]);
  expect(store.comparisons.page('course', 0, 10)).toHaveLength(4);
});
