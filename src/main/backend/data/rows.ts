import { newId } from '#shared/ids.ts';
import type { ComparisonHead } from '#store/queries/comparisons.ts';
import type { Store } from '#store/store.ts';
import { addComparison, addPrompt, addResponse } from '../comparisons.ts';
import { recordJudgment } from '../labeling/record.ts';
import { comparisonHash, messagesHash } from '../prompts.ts';
import type { ImportedRow } from './formats/row.ts';

/** What the rows of one import have in common. */
export interface Insertion {
  store: Store;
  importId: string;
  source: string;
  keepDuplicates: boolean;
  /** Whose judgments the file's preferences are; null when it has none. */
  judge: { id: string; kind: 'person' | 'model' } | null;
  at: number;
}

/** Writes one row: its prompt (if it is new), its responses, their comparison and the judgment that came with it. False when it was there already. */
export function insertRow(insertion: Insertion, row: ImportedRow): boolean {
  const { store, importId, source } = insertion;
  const known = knownComparison(insertion, row);
  if (known) return secondOpinion(insertion, row, known);
  const prompt = addPrompt(store, { messages: row.prompt, topic: row.topic, source, split: null, importId });
  // The same prompt twice is one prompt, whatever was asked for duplicates.
  if (row.responses.length === 0) return prompt.added;
  const responses = row.responses.map((response) => responseOf(insertion, prompt.id, response));
  const judge = row.preference === null ? null : insertion.judge;
  // A person's judgment settles a pair; a model's is a second opinion, and people may still give theirs.
  const comparison = addComparison(store, { prompt, responses, purpose: 'labeling', queued: judge?.kind !== 'person', importId });
  if (judge && row.preference) {
    recordJudgment(store, {
      comparison,
      slots: responses.length,
      ...(row.inOrderShown ? { orderShown: responses.map((_, slot) => slot) } : {}),
      personId: judge.id,
      ranking: row.preference.ranking,
      strength: row.preference.ranking.length > 1 ? row.preference.strength : null,
      bothBad: false,
      rationale: null,
      decidedAt: insertion.at,
      importId,
      key: `${importId}:${comparison.id}`,
    });
  }
  return true;
}

function knownComparison({ store, keepDuplicates }: Insertion, row: ImportedRow): ComparisonHead | undefined {
  if (keepDuplicates || row.responses.length === 0) return undefined;
  const hashes = row.responses.map((response) => messagesHash(response.messages));
  return store.comparisons.byHash(comparisonHash(messagesHash(row.prompt), hashes));
}

/**
 * A model's vote on a pair that the project has: its first is kept on the pair itself, beside people's; one more with the two swapped is kept as a repeat, from
 * which its bias by position is known. False where this judge has said so already, and for people's judgments, which belong to whoever made them.
 */
function secondOpinion({ store, judge, importId, at }: Insertion, row: ImportedRow, known: ComparisonHead): boolean {
  if (judge?.kind !== 'model' || !row.preference) return false;
  const slotOf = new Map(store.comparisons.slots(known.id).map(({ slot, messages }) => [messagesHash(messages), slot]));
  const orderShown = row.responses.map(({ messages }) => slotOf.get(messagesHash(messages)) ?? 0);
  if (new Set(orderShown).size < orderShown.length) return false; // two responses with the same text cannot be told apart
  const { ranking, strength } = row.preference;
  const vote = {
    slots: orderShown.length,
    ...(row.inOrderShown ? { orderShown } : {}),
    personId: judge.id,
    ranking: ranking.map((group) => group.map((place) => orderShown[place]!)),
    strength: ranking.length > 1 ? strength : null,
    bothBad: false,
    rationale: null,
    decidedAt: at,
    importId,
  };
  const before = store.assignments.of(judge.id, known.id);
  if (!before) {
    recordJudgment(store, { ...vote, comparison: known, key: `${importId}:${known.id}` });
    return true;
  }
  const isSwapped = row.inOrderShown && String(before.orderShown) === String(orderShown.toReversed());
  if (!isSwapped || store.checks.hasRepeat(judge.id, known.id)) return false;
  const id = newId('cmp');
  store.comparisons.copy(known.id, { id, purpose: 'repeat', queued: false, createdAt: at });
  store.checks.addRepeat(id, known.id, judge.id);
  recordJudgment(store, { ...vote, comparison: store.comparisons.get(id)!, key: `${importId}:${id}` });
  return true;
}

/** The response with this text by this author, added unless the prompt has it. */
function responseOf(
  { store, importId }: Insertion,
  promptId: string,
  response: ImportedRow['responses'][number],
): { id: string; hash: string } {
  const hash = messagesHash(response.messages);
  const sharing = store.responses.sharing(promptId, hash);
  const same = sharing === undefined ? undefined : store.responses.get(sharing);
  if (same && same.origin === response.origin && same.checkpointId === null) return { id: same.id, hash };
  return addResponse(store, { promptId, text: response.messages, origin: response.origin, importId });
}
