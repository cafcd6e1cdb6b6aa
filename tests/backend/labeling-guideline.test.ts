import { expect, test } from 'vitest';
import type { GuidelineAsks } from '#shared/domain.ts';
import { labelerOf } from '../support/labeler.ts';
import { openDemoProject } from '../support/open-project.ts';

function open() {
  const { store, owner } = openDemoProject({ pairs: 8, simulated: 0 });
  const supersede = (asks: GuidelineAsks) =>
    store.guidelines.supersede({ markdown: 'Prefer what is true.', asks, createdAt: Date.now(), createdBy: owner });
  const stored = (assignmentId: string) => store.judgments.get(store.assignments.get(assignmentId)?.latest ?? 0);
  return { store, supersede, stored, ...labelerOf(store, owner) };
}

test('a judgment is booked under the guideline that its author had before them, and the answer names a newer one', () => {
  const { supersede, stored, first, judge, queue } = open();
  expect(queue().guidelineVersion).toBe(1);
  const before = first();
  supersede({ aspects: ['helpful'], minimumReason: 10 });
  // What version 1 did not ask for is not asked of who had version 1 open.
  expect(judge({ assignmentId: before.assignmentId, guidelineVersion: 1 }).guidelineVersion).toBe(2);
  expect(stored(before.assignmentId)).toMatchObject({ guidelineVersion: 1, ratings: null });
  const after = first();
  const ratings = { helpful: [4, 2] };
  judge({ assignmentId: after.assignmentId, guidelineVersion: 2, ratings, rationale: 'It says when.' });
  expect(stored(after.assignmentId)).toMatchObject({ guidelineVersion: 2, ratings });
});

test('a judgment made before there was any guideline, or under one that never was, is not booked under the one in force', () => {
  const { stored, first, judge } = open();
  const [one, two] = [first(), first()];
  judge({ assignmentId: one.assignmentId, guidelineVersion: null });
  expect(stored(one.assignmentId)?.guidelineVersion).toBeNull();
  expect(() => judge({ assignmentId: two.assignmentId, guidelineVersion: 7 })).toThrow(/guideline 7, which this project does not have/);
});

test('what the guideline asks for is asked by the store too; who sets a pair aside owes nothing', () => {
  const { supersede, stored, first, judge } = open();
  supersede({ aspects: ['helpful', 'correct'], minimumReason: 10 });
  const { assignmentId } = first();
  const ratings = { helpful: [4, 2], correct: [5, 5] };
  expect(() => judge({ assignmentId })).toThrow(/rate each response by helpful, correct/);
  expect(() => judge({ assignmentId, ratings: { helpful: [4, 2] } })).toThrow(/rate each response by correct/);
  expect(() => judge({ assignmentId, ratings: { ...ratings, polite: [1, 1] } })).toThrow(/does not ask for ratings by “polite”/);
  expect(() => judge({ assignmentId, ratings, rationale: '  true  ' })).toThrow(/a reason of 10 characters and this one has 4/);
  expect(() => judge({ assignmentId, ranking: [[0, 1]], bothBad: true })).toThrow(/rate each/);
  expect(stored(assignmentId)).toBeUndefined();
  judge({ assignmentId, ratings, rationale: 'It says when.' });
  expect(stored(assignmentId)).toMatchObject({ ratings, rationale: 'It says when.' });
  const aside = first();
  judge({ assignmentId: aside.assignmentId, ranking: null, skipped: 'I cannot judge this topic' });
  expect(stored(aside.assignmentId)).toMatchObject({ skipped: 'I cannot judge this topic', guidelineVersion: 2 });
});
