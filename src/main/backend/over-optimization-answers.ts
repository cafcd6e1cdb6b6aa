import { z } from 'zod';
import type { Estimate } from '#shared/domain.ts';
import { type DeskPrompt, intentNames, judge, slotNames } from '#shared/front-desk/index.ts';
import type { JudgedAnswer } from '#shared/over-optimization.ts';
import { meanEstimate } from '#shared/statistics.ts';
import type { PromptRow } from '#store/queries/prompts.ts';
import type { Store } from '#store/store.ts';

/** An answer of a run to one of the demo's requests. */
export interface DeskAnswer extends JudgedAnswer {
  promptId: string;
}

/** Gold of the newest step less that of step 0, which is SFT, over the prompts that both answered. */
export function differenceOf(answers: readonly DeskAnswer[]): Estimate | null {
  const last = Math.max(0, ...answers.map(({ step }) => step));
  if (last === 0) return null;
  const ofSft = new Map(answers.filter(({ step }) => step === 0).map(({ promptId, gold }) => [promptId, gold]));
  return meanEstimate(
    answers.flatMap(({ step, promptId, gold }) => {
      const before = ofSft.get(promptId);
      return step === last && before !== undefined ? [gold - before] : [];
    }),
  );
}

/** What gold and proxy make of a run's answers; an answer to a prompt that a person brought into the demo has no judge and is left out. */
export function judgedAnswers(store: Store, run: string): DeskAnswer[] {
  const prompts = new Map<string, DeskPrompt | null>();
  const promptOf = (id: string) => {
    const known = prompts.get(id);
    if (known !== undefined) return known;
    const row = store.prompts.get(id);
    const read = row ? deskPromptOf(row) : null;
    prompts.set(id, read);
    return read;
  };
  return store.samples.ofRun(run).flatMap(({ step, promptId, text, terminated, reward, kl }): DeskAnswer[] => {
    const prompt = promptOf(promptId);
    if (!prompt || reward === null || kl === null) return [];
    return [{ promptId, step, kl, proxy: reward, gold: judge(prompt, text, terminated).gold }];
  });
}

const made = z.object({ topic: z.enum(intentNames), slots: z.partialRecord(z.enum(slotNames), z.string()).nullable() });

/** A demo request as the grammar made it; null for a prompt that it did not make. */
function deskPromptOf(row: PromptRow): DeskPrompt | null {
  const read = made.safeParse(row);
  if (row.source !== 'demo' || !read.success) return null;
  return { text: row.messages[0]?.content ?? '', split: row.split, intent: read.data.topic, values: read.data.slots ?? {} };
}
