import type { z } from 'zod';
import type { LabelItem, MineRow, mineInput } from '#shared/api/labeling.ts';
import { PlainError } from '#shared/errors.ts';
import { queueOf } from '#store/queries/comparisons.ts';
import type { Store } from '#store/store.ts';
import { matchOf } from '../data/list.ts';
import { itemOf } from './item.ts';

/** A person's own judgments of the labeling queue, newest first; pages go by key. */
export function mine(store: Store, personId: string, input: z.output<typeof mineInput>): { rows: MineRow[]; next: number | null } {
  const found = store.assignments.judged(personId, queueOf('labeling', null), {
    match: matchOf(input.search),
    before: input.before,
    limit: input.limit,
  });
  const rows = found.map(({ assignment, prompt }): MineRow => {
    const { current, responses } = itemOf(store, assignment);
    if (!current) throw new Error(`assignment ${assignment.id} reads as judged and has no judgment`);
    return {
      assignmentId: assignment.id,
      prompt: prompt.map(({ content }) => content).join('\n\n'),
      shown: responses.map(({ slot }) => slot),
      judgment: current,
    };
  });
  return { rows, next: found.length === input.limit ? (found.at(-1)?.assignment.latest ?? null) : null };
}

/** A pair that this person judged, to be read again and judged anew; the new judgment follows the old one and overwrites nothing. */
export function revisit(store: Store, personId: string, assignmentId: string): LabelItem {
  const assignment = store.assignments.get(assignmentId);
  if (assignment?.personId !== personId)
    throw new PlainError('not_found', 'This pair is not among your judgments. Reload the page and choose another.');
  return itemOf(store, assignment);
}
