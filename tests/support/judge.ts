import { addComparison, addPrompt, addResponse } from '#backend/comparisons.ts';
import { recordJudgment } from '#backend/labeling/record.ts';
import type { Purpose, Ranking, Split, Strength } from '#shared/domain.ts';
import type { Store } from '#store/store.ts';

let count = 0;

export interface GivenPair {
  prompt: string;
  split?: Split;
  texts: string[];
  purpose?: Purpose;
}

/** Adds a comparison; the texts are its slots. */
export function addPair(store: Store, { prompt, split = 'train', texts, purpose = 'labeling' }: GivenPair) {
  const added = addPrompt(store, { messages: [{ role: 'user', content: prompt }], topic: null, source: 'test', split, importId: null });
  const responses = texts.map((text) => addResponse(store, { promptId: added.id, text }));
  return addComparison(store, { prompt: added, responses, purpose, queued: true });
}

/** Adds a comparison and one person's judgment of it; returns the judgment's id. */
export function addJudged(
  store: Store,
  given: GivenPair & { personId: string; ranking: Ranking | null; strength?: Strength; bothBad?: boolean },
): string {
  count += 1;
  return recordJudgment(store, {
    comparison: addPair(store, given),
    slots: given.texts.length,
    personId: given.personId,
    ranking: given.ranking,
    strength: given.strength ?? null,
    bothBad: given.bothBad ?? false,
    rationale: null,
    decidedAt: count,
    importId: null,
    key: `judged-${count}`,
  });
}
