import { addComparison, addPrompt, addResponse } from '#backend/comparisons.ts';
import { recordJudgment } from '#backend/labeling/record.ts';
import { newId } from '#shared/ids.ts';
import type { Store } from '#store/store.ts';
import { writer } from './writer.ts';

export interface ProjectSize {
  judgments: number;
  comparisons: number;
  /** More pairs that nobody was given: one that enough people judged waits for nobody. */
  waiting: number;
  /** Of a response. */
  characters: number;
}

/** Responses to a prompt. Each two of them are a pair, so that 100,000 pairs of 20,000 characters are 0.6 GB on disk. */
const answers = 8;
/** A transaction of about 4,000 judgments: fewer waits for the disk. */
const promptsAtOnce = 15;

/** Fills a project with made-up Markdown, judged in turn by people who prefer the same in three of four pairs. */
export function fillProject(store: Store, { judgments, comparisons, waiting, characters }: ProjectSize): void {
  const { draw, text } = writer(1);
  const people = Array.from({ length: Math.max(5, Math.ceil(judgments / comparisons)) }, (_, index) => addPerson(store, index));
  const all = comparisons + waiting;
  const addAnswers = (from: number): number => {
    const prompt = addPrompt(store, {
      messages: [{ role: 'user', content: text(400) }],
      topic: null,
      source: 'bench',
      split: null,
      importId: null,
    });
    const responses = Array.from({ length: answers }, () => addResponse(store, { promptId: prompt.id, text: text(characters) }));
    const pairs = responses.flatMap((first, index) => responses.slice(index + 1).map((second) => [first, second])).slice(0, all - from);
    for (const [offset, pair] of pairs.entries()) {
      const made = from + offset;
      const comparison = addComparison(store, { prompt, responses: pair, purpose: 'labeling', queued: true });
      for (let judgment = made; made < comparisons && judgment < judgments; judgment += comparisons) {
        const better = draw(4) === 0 ? 1 : 0;
        recordJudgment(store, {
          comparison,
          slots: 2,
          personId: people[Math.floor(judgment / comparisons)]!,
          ranking: [[better], [1 - better]],
          strength: 1,
          bothBad: false,
          rationale: null,
          decidedAt: Date.now(),
          importId: null,
          key: `bench-${judgment}`,
        });
      }
    }
    return from + pairs.length;
  };
  for (let made = 0; made < all; ) {
    store.transaction(() => {
      for (let prompts = 0; prompts < promptsAtOnce && made < all; prompts += 1) made = addAnswers(made);
    });
  }
}

function addPerson(store: Store, index: number): string {
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
}
