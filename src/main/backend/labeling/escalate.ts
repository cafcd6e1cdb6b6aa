import type { Assignment } from '#store/queries/assignments.ts';
import type { Dispute } from '#store/queries/demand.ts';
import type { Store } from '#store/store.ts';
import { adjudicationQueue } from './next.ts';

export interface Standing {
  /** How many people are to see it now. */
  wanted: number;
  dispute: Dispute | null;
}

/**
 * What becomes of a comparison that people answered so: where more than half say the same it is settled; where they differ one more is asked, up to
 * `most`; then it is undecided, and for an adjudicator. @param answers below 0 the lower slot, above 0 the higher, 0 a tie
 */
export function standingOf(answers: readonly number[], wanted: number, most: number): Standing {
  const sides = [-1, 0, 1].map((side) => answers.filter((answer) => Math.sign(answer) === side).length);
  const n = answers.length;
  if (n < 2 || 2 * Math.max(...sides) > n) return { wanted, dispute: null };
  if (n < wanted) return { wanted, dispute: 'open' };
  return n < most ? { wanted: n + 1, dispute: 'open' } : { wanted, dispute: 'undecided' };
}

/** After a judgment of a pair, or its withdrawal: asks more people, or an adjudicator, where they differ. Rankings of more than two are left as they are. */
export function settle(store: Store, assignment: Assignment): void {
  if (assignment.orderShown.length !== 2) return;
  const { comparisonSeq: seq, comparisonId } = assignment;
  const demand = store.demand.get(seq);
  if (!demand) return;
  const judged = store.assignments.get(assignment.id)?.state === 'judged';
  if (assignment.queue === adjudicationQueue) {
    if (judged) store.checks.setAdjudication(comparisonId, assignment.id);
    store.demand.escalate(seq, demand.wanted, judged ? 'adjudicated' : 'undecided');
    return;
  }
  if (demand.dispute === 'adjudicated') return;
  const answers = store.verdicts.ofComparison(seq).map(({ answer }) => answer);
  // Nobody waits for more people than there are.
  const most = Math.min(store.rules.get().mostPeople, Math.max(answers.length, store.people.working()));
  const { wanted, dispute } = standingOf(answers, demand.wanted, most);
  if (wanted !== demand.wanted || dispute !== demand.dispute) store.demand.escalate(seq, wanted, dispute);
}
