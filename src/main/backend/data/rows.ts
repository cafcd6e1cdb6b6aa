import { newId } from '#shared/ids.ts';
import type { Store } from '#store/store.ts';
import { comparisonHash, messagesHash, promptFamily, splitOfFamily } from '../prompts.ts';
import type { ImportedRow } from './formats/row.ts';

/** What the rows of one import have in common. */
export interface Insertion {
  store: Store;
  importId: string;
  source: string;
  keepDuplicates: boolean;
  /** Whose judgments the file's preferences are; null when it has none. */
  judge: { id: string; kind: 'person' | 'model' } | null;
}

/** Writes one row: its prompt (if it is new), its responses, their comparison and the judgment that came with it. False when it was there already. */
export function insertRow(insertion: Insertion, row: ImportedRow): boolean {
  const { store } = insertion;
  const promptHash = messagesHash(row.prompt);
  const known = store.prompts.byHash(promptHash);
  if (row.responses.length === 0) {
    // The same prompt twice is one prompt, whatever was asked for duplicates.
    if (!known) insertPrompt(insertion, row, promptHash);
    return !known;
  }
  const responseHashes = row.responses.map((response) => messagesHash(response.messages));
  const hash = comparisonHash(promptHash, responseHashes);
  if (!insertion.keepDuplicates && store.comparisons.byHash(hash)) return false;
  const promptId = known?.id ?? insertPrompt(insertion, row, promptHash);
  const responseIds = row.responses.map((response, index) => responseOf(insertion, promptId, response, responseHashes[index] ?? ''));
  const comparisonId = newId('cmp');
  const judge = row.preference === null ? null : insertion.judge;
  store.comparisons.insert({
    id: comparisonId,
    promptId,
    purpose: 'labeling',
    reportId: null,
    // A person's judgment settles a pair; a model's is a second opinion, and people may still give theirs.
    queued: judge?.kind !== 'person',
    hash,
    importId: insertion.importId,
    createdAt: Date.now(),
    responseIds,
  });
  if (judge && row.preference) insertJudgment(insertion, judge.id, comparisonId, row.preference);
  return true;
}

function insertPrompt(insertion: Insertion, row: ImportedRow, hash: string): string {
  const { store } = insertion;
  const id = newId('prm');
  const family = promptFamily(row.prompt);
  store.prompts.insert({
    id,
    messages: row.prompt,
    hash,
    family,
    topic: row.topic,
    source: insertion.source,
    split: store.prompts.familySplit(family) ?? splitOfFamily(family),
    slots: null,
    importId: insertion.importId,
    createdAt: Date.now(),
  });
  return id;
}

function responseOf(insertion: Insertion, promptId: string, response: ImportedRow['responses'][number], hash: string): string {
  const { store } = insertion;
  const shared = store.responses.sharing(promptId, hash);
  const same = shared === undefined ? undefined : store.responses.get(shared);
  if (same && same.origin === response.origin && same.checkpointId === null) return same.id;
  const id = newId('rsp');
  store.responses.insert({
    id,
    promptId,
    messages: response.messages,
    hash,
    checkpointId: null,
    origin: response.origin,
    sampling: null,
    seed: null,
    tokenIds: null,
    terminated: null,
    importId: insertion.importId,
    createdAt: Date.now(),
  });
  return id;
}

function insertJudgment(
  insertion: Insertion,
  personId: string,
  comparisonId: string,
  preference: NonNullable<ImportedRow['preference']>,
): void {
  const { store, importId } = insertion;
  const comparison = store.comparisons.get(comparisonId);
  if (!comparison) throw new Error(`comparison ${comparisonId} was just inserted and is not there`);
  const now = Date.now();
  const assignmentId = newId('asg');
  store.assignments.insert({
    id: assignmentId,
    comparisonId,
    personId,
    orderShown: [0, 1],
    queue: comparison.queue,
    comparisonSeq: comparison.seq,
    createdAt: now,
  });
  store.judgments.insert({
    id: newId('jdg'),
    assignmentId,
    personId,
    ranking: preference.ranking,
    strength: preference.ranking.length > 1 ? preference.strength : null,
    bothBad: false,
    skipped: null,
    flagged: null,
    withdrawn: false,
    rationale: null,
    guidelineVersion: null,
    shownAt: now,
    firstKeyAt: null,
    decidedAt: now,
    receivedAt: now,
    revises: null,
    idempotencyKey: `${importId}:${comparisonId}`,
    importId,
  });
}
