import { expect, test } from 'vitest';
import { judgeInput } from '#shared/api/labeling.ts';
import { addPair } from '../support/judge.ts';
import { labelerOf } from '../support/labeler.ts';
import { openDemoProject } from '../support/open-project.ts';

function open(size: { pairs: number } = { pairs: 6 }) {
  const { store, owner } = openDemoProject({ ...size, simulated: 0 });
  return { store, owner, ...labelerOf(store, owner) };
}

test('undo hands back all that was said of the pair, as long as nothing else is said of it, on any page', () => {
  const { store, first, judge, undo, queue } = open();
  store.guidelines.supersede({ markdown: 'Rate.', asks: { aspects: ['helpful'], minimumReason: 3 }, createdAt: 1, createdBy: null });
  const { assignmentId } = first();
  const said = { strength: 3 as const, flagged: 'Names a private person', rationale: 'It names the room.', ratings: { helpful: [4, 2] } };
  judge({ assignmentId, ranking: [[1], [0]], ...said });
  const { item } = undo();
  expect(item).toMatchObject({ assignmentId, current: null, takenBack: { ranking: [[1], [0]], ...said } });
  // A page that is opened later has it too.
  expect(queue({ count: 1 }).items).toEqual([item]);
  judge({ assignmentId, ...said, strength: 1 });
  expect(undo().item?.takenBack).toMatchObject({ ranking: [[0], [1]], strength: 1 });
});

test('a skip and a ranking of four come back as they were', () => {
  const { store, first, judge, undo } = open({ pairs: 1 });
  addPair(store, { prompt: 'Rank these', texts: ['zero', 'one', 'two', 'three'] });
  judge({ assignmentId: first().assignmentId, ranking: null, skipped: 'I cannot judge this topic' });
  const four = first();
  judge({ assignmentId: four.assignmentId, ranking: [[2], [0, 3], [1]] });
  expect(undo().item?.takenBack?.ranking).toEqual([[2], [0, 3], [1]]);
  expect(undo().item?.takenBack?.skipped).toBe('I cannot judge this topic');
});

test('a judgment from another window is never replaced unseen', () => {
  const { store, first, judge, undo, revisit } = open();
  const { assignmentId } = first();
  const { judgmentId } = judge({ assignmentId, revises: null });
  expect(() => judge({ assignmentId, ranking: [[1], [0]], revises: null })).toThrow(/in another window/);
  expect(() => judge({ assignmentId, ranking: [[1], [0]], revises: 'jdg_other' })).toThrow(/in another window/);
  expect(store.judgments.counted().map(({ ranking }) => ranking)).toEqual([[[0], [1]]]);
  expect(revisit(assignmentId).current?.id).toBe(judgmentId);
  const again = judge({ assignmentId, ranking: [[1], [0]], revises: judgmentId });
  expect(store.judgments.counted()).toMatchObject([{ id: again.judgmentId, ranking: [[1], [0]] }]);
  undo();
  // Taken back elsewhere, nothing counts that could be replaced.
  judge({ assignmentId, revises: again.judgmentId });
});

test('an answer to the same pair that follows one which is on its way names that one by its key', () => {
  const { store, first, judge } = open();
  const { assignmentId } = first();
  judge({ assignmentId, idempotencyKey: 'pressed-first', revises: null });
  judge({ assignmentId, ranking: [[0, 1]], revises: 'pressed-first' });
  expect(store.judgments.counted()).toMatchObject([{ ranking: [[0, 1]] }]);
});

test('pairs that another window judged are named, so that the page lets them go', () => {
  const { queue, judge } = open();
  const holding = queue({ count: 3 }).items.map(({ assignmentId }) => assignmentId);
  expect(queue({ holding }).gone).toEqual([]);
  judge({ assignmentId: holding[1]! });
  expect(queue({ holding: [...holding, 'asg_of_nobody'] }).gone).toEqual([holding[1], 'asg_of_nobody']);
});

test('times in which nothing happens are refused, and a page whose clock is ahead has not judged in the future', () => {
  const { store, owner, labeling, first } = open();
  const input = (shown: number, firstKey: number | null, decided: number) => ({
    assignmentId: first().assignmentId,
    idempotencyKey: `times-${shown}-${decided}`,
    ranking: [[0], [1]],
    times: { shown, firstKey, decided },
  });
  for (const [shown, decided] of [
    [9e15, 3],
    [1, -5],
    [1.5, 2],
  ] as const)
    expect(judgeInput.safeParse(input(shown, null, decided)).success).toBe(false);
  for (const [shown, firstKey, decided] of [
    [5, null, 3],
    [5, 4, 9],
    [5, 10, 9],
  ] as const)
    expect(() => labeling.judge(owner, judgeInput.parse(input(shown, firstKey, decided)))).toThrow(/before its pair was shown/);
  expect(store.judgments.counted()).toEqual([]);
  const ahead = Date.now() + 3_600_000;
  labeling.judge(owner, judgeInput.parse(input(ahead - 4000, ahead - 3000, ahead)));
  const { latest } = store.assignments.latest(owner, 'labeling')!;
  const { shownAt, firstKeyAt, decidedAt, receivedAt } = store.judgments.get(latest!)!;
  expect(decidedAt).toBe(receivedAt);
  expect({ first: firstKeyAt! - shownAt, all: decidedAt - shownAt }).toEqual({ first: 1000, all: 4000 });
});
