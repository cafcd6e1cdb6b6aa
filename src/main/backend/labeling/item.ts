import type { JudgmentView, LabelItem } from '#shared/api/labeling.ts';
import { PlainError } from '#shared/errors.ts';
import type { Assignment } from '#store/queries/assignments.ts';
import type { Store } from '#store/store.ts';
import { adjudicationQueue } from './next.ts';

/** A comparison as it is shown to the person it is assigned to; nothing in it says where a response came from. */
export function itemOf(store: Store, assignment: Assignment): LabelItem {
  const comparison = store.comparisons.get(assignment.comparisonId);
  const prompt = comparison && store.prompts.get(comparison.promptId);
  if (!comparison || !prompt) throw new PlainError('not_found', 'This pair is no longer in the project. Go on with the next one.');
  const bySlot = new Map(store.comparisons.slots(comparison.id).map((row) => [row.slot, row.messages]));
  return {
    assignmentId: assignment.id,
    comparisonId: comparison.id,
    purpose: comparison.purpose === 'study' ? 'study' : assignment.queue === adjudicationQueue ? 'adjudication' : 'labeling',
    prompt: prompt.messages,
    topic: prompt.topic,
    responses: assignment.orderShown.map((slot) => ({ slot, messages: bySlot.get(slot) ?? [] })),
    current: assignment.state === 'open' ? null : viewOf(store, assignment.latest),
    takenBack: takenBack(store, assignment),
  };
}

/** What was withdrawn last, while the pair is open. */
function takenBack(store: Store, { state, latest }: Assignment): JudgmentView | null {
  if (state !== 'open' || latest === null) return null;
  return viewOf(store, store.judgments.get(latest)?.revises ?? null);
}

function viewOf(store: Store, seq: number | null): JudgmentView | null {
  const judgment = seq === null ? undefined : store.judgments.get(seq);
  if (!judgment) return null;
  const { id, ranking, strength, bothBad, skipped, flagged, rationale, ratings = null, decidedAt } = judgment;
  return { id, ranking, strength, bothBad, skipped, flagged, rationale, ratings, decidedAt };
}
