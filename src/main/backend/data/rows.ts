import type { Ranking } from '#shared/domain.ts';
import { newId } from '#shared/ids.ts';
import type { ComparisonHead } from '#store/queries/comparisons.ts';
import type { Store } from '#store/store.ts';
import { addComparison, addPrompt, addResponse } from '../comparisons.ts';
import { settle } from '../labeling/escalate.ts';
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
  judge: { id: string; kind: 'person' | 'model'; name: string } | null;
  at: number;
  /** The line that each comparison (or prompt alone) of this file was first met on, by its id. */
  firstLines: Map<string, number>;
}

/**
 * What became of a row. `known`: the project had all of it before this file; `repeated`: an earlier line of this file says the same. `contradicts` is the reason
 * why a vote was not kept, where its judge chose otherwise before.
 */
export type Outcome = 'added' | 'known' | 'repeated' | { contradicts: string };

/** Writes one row: its prompt (if it is new), its responses, their comparison and the judgment that came with it. */
export function insertRow(insertion: Insertion, row: ImportedRow, line: number): Outcome {
  const { store, importId, source } = insertion;
  const known = knownComparison(insertion, row);
  if (known) return vote(insertion, row, known, line);
  const prompt = addPrompt(store, { messages: row.prompt, topic: row.topic, source, split: null, importId });
  // The same prompt twice is one prompt, whatever was asked for duplicates.
  if (row.responses.length === 0) return prompt.added ? first(insertion, prompt.id, line) : sameAgain(insertion, prompt.id);
  const responses = row.responses.map((response) => responseOf(insertion, prompt.id, response));
  const judge = row.preference === null ? null : insertion.judge;
  // A person's judgment settles a pair; a model's is a second opinion, and people may still give theirs.
  const comparison = addComparison(store, { prompt, responses, purpose: 'labeling', queued: judge?.kind !== 'person', importId });
  if (judge && row.preference) {
    recordJudgment(store, {
      ...judgmentOf(insertion, judge.id),
      comparison,
      slots: responses.length,
      ...(row.inOrderShown ? { orderShown: responses.map((_, slot) => slot) } : {}),
      ranking: row.preference.ranking,
      strength: row.preference.ranking.length > 1 ? row.preference.strength : null,
      key: `${importId}:${comparison.id}`,
    });
  }
  return first(insertion, comparison.id, line);
}

function first({ firstLines }: Insertion, id: string, line: number): 'added' {
  firstLines.set(id, line);
  return 'added';
}

const sameAgain = ({ firstLines }: Insertion, id: string): Outcome => (firstLines.has(id) ? 'repeated' : 'known');

/** What every judgment of an import has in common. */
const judgmentOf = ({ importId, at }: Insertion, personId: string) => ({
  personId,
  bothBad: false,
  rationale: null,
  decidedAt: at,
  importId,
});

function knownComparison({ store, keepDuplicates }: Insertion, row: ImportedRow): ComparisonHead | undefined {
  if (keepDuplicates || row.responses.length === 0) return undefined;
  const hashes = row.responses.map((response) => messagesHash(response.messages));
  return store.comparisons.byHash(comparisonHash(messagesHash(row.prompt), hashes));
}

/**
 * A vote on a pair that the project has is its judge's own, beside everybody else's: a second annotator's, or a second opinion by a model. What this judge said
 * before stands; a model's vote with the two swapped is kept too, as a repeat, from which its bias by position is known.
 */
function vote(insertion: Insertion, row: ImportedRow, known: ComparisonHead, line: number): Outcome {
  const { store, judge, importId, at } = insertion;
  if (!judge || !row.preference || known.purpose !== 'labeling') return sameAgain(insertion, known.id);
  const slotOf = new Map(store.comparisons.slots(known.id).map(({ slot, messages }) => [messagesHash(messages), slot]));
  const orderShown = row.responses.map(({ messages }) => slotOf.get(messagesHash(messages)) ?? 0);
  // Two responses with the same text cannot be told apart.
  if (new Set(orderShown).size < orderShown.length) return sameAgain(insertion, known.id);
  const { ranking, strength } = row.preference;
  const given = {
    ...judgmentOf(insertion, judge.id),
    slots: orderShown.length,
    ...(row.inOrderShown ? { orderShown } : {}),
    ranking: ranking.map((group) => group.map((place) => orderShown[place]!)),
    strength: ranking.length > 1 ? strength : null,
  };
  const before = store.assignments.of(judge.id, known.id);
  if (!before) {
    recordJudgment(store, { ...given, comparison: known, key: `${importId}:${known.id}` });
    if (judge.kind === 'person') settle(store, store.assignments.of(judge.id, known.id)!);
    return first(insertion, known.id, line);
  }
  const isSwapped = row.inOrderShown && String(before.orderShown) === String(orderShown.toReversed());
  if (judge.kind === 'model' && isSwapped && !store.checks.hasRepeat(judge.id, known.id)) {
    const id = newId('cmp');
    store.comparisons.copy(known.id, { id, purpose: 'repeat', queued: false, createdAt: at });
    store.checks.addRepeat(id, known.id, judge.id);
    recordJudgment(store, { ...given, comparison: store.comparisons.get(id)!, key: `${importId}:${id}` });
    return 'added';
  }
  const said = before.latest === null ? null : (store.judgments.get(before.latest)?.ranking ?? null);
  if (said === null || isSame(said, given.ranking) || (judge.kind === 'model' && isSwapped)) return sameAgain(insertion, known.id);
  const earlier = insertion.firstLines.get(known.id);
  return {
    contradicts:
      earlier === undefined
        ? `${judge.name} chose otherwise before: the earlier choice of this pair stands`
        : `the same pair stands on line ${earlier.toLocaleString('en')} with another choice`,
  };
}

/** Whether two rankings of the same slots say the same. */
function isSame(one: Ranking, other: Ranking): boolean {
  const sorted = (ranking: Ranking) => JSON.stringify(ranking.map((group) => group.toSorted((a, b) => a - b)));
  return sorted(one) === sorted(other);
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
