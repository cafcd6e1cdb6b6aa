import type { z } from 'zod';
import type { ExportPreview, exportInput } from '#shared/api/data.ts';
import type { WholeJudgment } from '#store/queries/judgments.ts';
import type { Store } from '#store/store.ts';

/**
 * Every judgment with all that is known of it, one a line, whoever made it (simulated ones only when asked for); skipped ones among them. Those on pairs that are not
 * decided yet are left out, since whoever decides must not have read them; they are counted as `disagreement`.
 */
export function wholeJudgments(
  store: Store,
  { split, includeSimulated }: z.output<typeof exportInput>,
): { lines: Iterable<string>; dropped: ExportPreview['dropped'] } {
  const undecided = new Set(store.demand.undecided().map(({ hash }) => hash));
  const dropped = { ties: 0, bothBad: 0, disagreement: 0 };
  function* chosen(): Generator<WholeJudgment> {
    for (const judgment of store.judgments.whole()) {
      if ((split !== 'all' && judgment.split !== split) || (judgment.kind === 'simulated' && !includeSimulated)) continue;
      yield judgment;
    }
  }
  if (undecided.size > 0) for (const { hash } of chosen()) if (undecided.has(hash)) dropped.disagreement += 1;
  function* lines(): Generator<string> {
    for (const judgment of chosen()) if (!undecided.has(judgment.hash)) yield JSON.stringify(lineOf(store, judgment));
  }
  return { lines: lines(), dropped };
}

/** Times are UTC milliseconds; `shown` are the places of `responses` from left to right, and `ranking` speaks of the same places, best first. */
function lineOf(store: Store, judgment: WholeJudgment) {
  const slots = store.comparisons.slots(judgment.comparisonId);
  return {
    id: judgment.id,
    comparison: judgment.comparisonId,
    purpose: judgment.purpose,
    split: judgment.split,
    prompt: store.prompts.get(judgment.promptId)?.messages ?? [],
    responses: slots.map(({ messages, checkpointId, origin }) => ({
      messages,
      origin: (checkpointId === null ? origin : store.checkpoints.get(checkpointId)?.name) ?? null,
    })),
    person: judgment.person,
    kind: judgment.kind,
    shown: judgment.orderShown,
    ranking: judgment.ranking,
    strength: judgment.strength,
    both_bad: judgment.bothBad,
    skipped: judgment.skipped,
    flagged: judgment.flagged,
    ratings: judgment.ratings,
    rationale: judgment.rationale,
    guideline: judgment.guidelineVersion,
    shown_at: judgment.shownAt,
    first_key_at: judgment.firstKeyAt,
    decided_at: judgment.decidedAt,
  };
}
