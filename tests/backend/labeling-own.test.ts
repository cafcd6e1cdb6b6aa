import { expect, test } from 'vitest';
import { createLabeling } from '#backend/labeling/index.ts';
import { type JudgeInput, judgeInput, mineInput, queueInput } from '#shared/api/labeling.ts';
import { openDemoProject } from '../support/open-project.ts';

let keys = 0;

function open() {
  const { store, owner } = openDemoProject({ pairs: 6, simulated: 0 });
  const labeling = createLabeling({ store });
  const judge = (assignmentId: string, given: Partial<JudgeInput> = {}) =>
    labeling.judge(
      owner,
      judgeInput.parse({
        assignmentId,
        idempotencyKey: `own-key-${keys++}`,
        ranking: [[0], [1]],
        times: { shown: 1, firstKey: 2, decided: 3 },
        ...given,
      }),
    );
  const { items } = labeling.queue(owner, queueInput.parse({ count: 6 }));
  const mine = (given: object = {}) => labeling.mine(owner, mineInput.parse(given));
  return { store, owner, labeling, judge, items, mine };
}

test('one’s own judgments are listed newest first, in pages, and found by a word of the prompt or of a response', () => {
  const { judge, items, mine } = open();
  expect(mine().rows).toEqual([]);
  for (const item of items.slice(0, 5)) judge(item.assignmentId);
  const newest = mine({ limit: 3 });
  expect(newest.rows.map(({ assignmentId }) => assignmentId)).toEqual([4, 3, 2].map((index) => items[index]!.assignmentId));
  const rest = mine({ limit: 3, before: newest.next });
  expect(rest.rows.map(({ assignmentId }) => assignmentId)).toEqual([1, 0].map((index) => items[index]!.assignmentId));
  expect(rest.next).toBeNull();
  const words = items[2]!.responses[0]!.messages[0]!.content;
  expect(mine({ search: words }).rows.map(({ assignmentId }) => assignmentId)).toContain(items[2]!.assignmentId);
  expect(mine({ search: 'zeppelin' }).rows).toEqual([]);
});

test('a pair that was judged comes back as it was shown, and judging it anew appends a revision that counts', () => {
  const { store, owner, labeling, judge, items, mine } = open();
  const { assignmentId, responses } = items[0]!;
  judge(assignmentId);
  const again = labeling.revisit(owner, { assignmentId });
  expect(again.responses).toEqual(responses);
  expect(again.current).toMatchObject({ ranking: [[0], [1]] });
  const { progress } = judge(assignmentId, { ranking: [[1], [0]], rationale: 'On a second reading.' });
  expect(progress.done).toBe(1);
  expect(mine().rows).toMatchObject([{ assignmentId, judgment: { ranking: [[1], [0]], rationale: 'On a second reading.' } }]);
  expect(store.judgments.counted().map(({ ranking }) => ranking)).toEqual([[[1], [0]]]);
});

test('nobody else’s judgments are shown or handed back', () => {
  const { store, owner, labeling, judge, items } = open();
  judge(items[0]!.assignmentId);
  const other = store.people.ofKind('simulated')[0]?.id ?? 'nobody';
  expect(other).not.toBe(owner);
  expect(labeling.mine(other, mineInput.parse({})).rows).toEqual([]);
  expect(() => labeling.revisit(other, { assignmentId: items[0]!.assignmentId })).toThrow(/not among your judgments/);
});

test('ratings by aspect are stored with the judgment, each response by each aspect', () => {
  const { store, judge, items, mine } = open();
  store.guidelines.supersede({
    markdown: 'Rate.',
    asks: { aspects: ['helpful', 'correct'], minimumReason: 0 },
    createdAt: 1,
    createdBy: null,
  });
  const ratings = { helpful: [4, 2], correct: [5, 5] };
  judge(items[0]!.assignmentId, { ratings });
  expect(mine().rows[0]?.judgment.ratings).toEqual(ratings);
  expect(() => judge(items[1]!.assignmentId, { ratings: { ...ratings, helpful: [4, 2, 1] } })).toThrow(/rates 3 of 2 responses/);
  expect(mine().rows).toHaveLength(1);
});
