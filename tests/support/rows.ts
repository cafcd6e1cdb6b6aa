import type { JudgmentInsert } from '#store/queries/judgments.ts';
import type { Store } from '#store/store.ts';

let count = 0;

/** A judgment with everything at rest but what the test speaks of. */
export function judgmentRow(given: Partial<JudgmentInsert> & Pick<JudgmentInsert, 'assignmentId' | 'personId'>): JudgmentInsert {
  count += 1;
  return {
    id: `jdg_${count}`,
    ranking: [[0], [1]],
    strength: 1,
    bothBad: false,
    skipped: null,
    flagged: null,
    withdrawn: false,
    rationale: null,
    guidelineVersion: null,
    shownAt: 1,
    firstKeyAt: null,
    decidedAt: 2,
    receivedAt: 3,
    revises: null,
    idempotencyKey: `key-${count}`,
    importId: null,
    ...given,
  };
}

/** Hands the next comparison of the labeling queue to a person and returns the assignment's id. */
export function assignNext(store: Store, personId: string): string {
  const [comparison] = store.comparisons.next('labeling', store.assignments.frontier(personId, 'labeling'), 1);
  if (!comparison) throw new Error('no comparison is left');
  const id = `asg_${personId}_${comparison.seq}`;
  store.assignments.insert({
    id,
    comparisonId: comparison.id,
    personId,
    orderShown: [0, 1],
    queue: comparison.queue,
    comparisonSeq: comparison.seq,
    createdAt: 1,
  });
  return id;
}
