import type { z } from 'zod';
import type { Remark, Remarks, remarksInput } from '#shared/api/team.ts';
import type { Store } from '#store/store.ts';
import { textOf } from '../messages.ts';

/** Pairs that people flagged, or skipped with a reason, newest first. */
export function remarksOn(store: Store, { before, limit }: z.output<typeof remarksInput>): Remarks {
  const found = store.remarks.page(before, limit);
  const rows = found.map(({ id, comparisonId, promptId, personId, flagged, skipped, decidedAt }): Remark => {
    const person = store.people.get(personId);
    return {
      id,
      comparisonId,
      person: person?.name ?? '',
      kind: person?.kind ?? 'person',
      flagged,
      skipped,
      at: decidedAt,
      prompt: textOf(store.prompts.get(promptId)?.messages ?? []),
      responses: store.comparisons.slots(comparisonId).map(({ messages }) => textOf(messages)),
    };
  });
  return { ...store.remarks.counts(), rows, next: found.length === limit ? (found.at(-1)?.seq ?? null) : null };
}
