import type { Ranking, Strength } from '#shared/domain.ts';
import { newId } from '#shared/ids.ts';
import type { ComparisonHead } from '#store/queries/comparisons.ts';
import type { Store } from '#store/store.ts';
import { orderShown } from './order.ts';

export interface RecordedJudgment {
  comparison: Pick<ComparisonHead, 'id' | 'seq' | 'queue'>;
  slots: number;
  /** Slots in the order in which they were seen, where that is known; else drawn as for anybody. */
  orderShown?: number[];
  personId: string;
  ranking: Ranking | null;
  strength: Strength | null;
  bothBad: boolean;
  rationale: string | null;
  /** UTC milliseconds. */
  decidedAt: number;
  importId: string | null;
  /** Unique among this person's judgments. */
  key: string;
}

/** Stores a judgment that was made elsewhere (an import, the simulated annotator) as one that counts. Call it inside a transaction. */
export function recordJudgment(store: Store, judgment: RecordedJudgment): string {
  const { comparison, personId, decidedAt } = judgment;
  const assignmentId = newId('asg');
  store.assignments.insert({
    id: assignmentId,
    comparisonId: comparison.id,
    personId,
    orderShown: judgment.orderShown ?? orderShown(personId, comparison.id, judgment.slots),
    queue: comparison.queue,
    comparisonSeq: comparison.seq,
    createdAt: decidedAt,
  });
  const id = newId('jdg');
  store.judgments.insert({
    id,
    assignmentId,
    personId,
    ranking: judgment.ranking,
    strength: judgment.strength,
    bothBad: judgment.bothBad,
    skipped: null,
    flagged: null,
    withdrawn: false,
    rationale: judgment.rationale,
    guidelineVersion: null,
    shownAt: decidedAt,
    firstKeyAt: null,
    decidedAt,
    receivedAt: Date.now(),
    revises: null,
    idempotencyKey: judgment.key,
    importId: judgment.importId,
  });
  return id;
}
