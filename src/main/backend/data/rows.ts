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
  if (isKnown(insertion, row)) return false;
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

function isKnown({ store, keepDuplicates }: Insertion, row: ImportedRow): boolean {
  if (keepDuplicates || row.responses.length === 0) return false;
  const hashes = row.responses.map((response) => messagesHash(response.messages));
  return store.comparisons.byHash(comparisonHash(messagesHash(row.prompt), hashes)) !== undefined;
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
