import { addComparison, addPrompt, addResponse } from '#backend/comparisons.ts';
import { recordJudgment } from '#backend/labeling/record.ts';
import { newId } from '#shared/ids.ts';
import type { Store } from '#store/store.ts';

const words = 'the room was warm and a guest asked whether two more towels could be sent before nine so that nobody had to wait'.split(' ');

/**
 * Fills a project with made-up texts: `comparisons` pairs, five a prompt, which other people judged in turn until there are `judgments`; then `waiting` more
 * that nobody was given (a pair that enough people judged waits for nobody).
 */
export function fillProject(
  store: Store,
  { judgments, comparisons, waiting }: { judgments: number; comparisons: number; waiting: number },
): void {
  let state = 1;
  const next = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const text = (length: number) => Array.from({ length }, () => words[next(words.length)]).join(' ');
  const people = Array.from({ length: Math.max(5, Math.ceil(judgments / comparisons)) }, (_, index) => {
    const id = newId('per');
    store.people.insert({
      id,
      kind: 'person',
      name: `Annotator ${index + 1}`,
      role: 'annotator',
      enabled: 1,
      inviteHash: null,
      revokedAt: null,
      createdAt: Date.now(),
    });
    return id;
  });
  const batch = 5_000;
  for (let from = 0; from < comparisons + waiting; from += batch) {
    store.transaction(() => {
      for (let index = from; index < Math.min(comparisons + waiting, from + batch); index += 1) {
        const prompt = addPrompt(store, {
          messages: [{ role: 'user', content: `${Math.floor(index / 5)} ${text(12)}` }],
          topic: null,
          source: 'bench',
          split: null,
          importId: null,
        });
        const responses = [
          addResponse(store, { promptId: prompt.id, text: text(60) }),
          addResponse(store, { promptId: prompt.id, text: text(60) }),
        ];
        const comparison = addComparison(store, { prompt, responses, purpose: 'labeling', queued: true });
        for (let judgment = index; index < comparisons && judgment < judgments; judgment += comparisons) {
          const personId = people[Math.floor(judgment / comparisons) % people.length] ?? '';
          recordJudgment(store, {
            comparison,
            slots: 2,
            personId,
            ranking: next(2) === 0 ? [[0], [1]] : [[1], [0]],
            strength: 1,
            bothBad: false,
            rationale: null,
            decidedAt: Date.now(),
            importId: null,
            key: `bench-${judgment}`,
          });
        }
      }
    });
  }
}
