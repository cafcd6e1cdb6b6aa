import type { RunSample } from '#shared/api/runs.ts';

/** Answers to one prompt, by the step they were given at, ascending. */
export function samplesByPrompt(samples: readonly RunSample[]): { promptId: string; prompt: string; answers: RunSample[] }[] {
  const groups = new Map<string, RunSample[]>();
  for (const sample of samples) groups.set(sample.promptId, [...(groups.get(sample.promptId) ?? []), sample]);
  return [...groups].map(([promptId, answers]) => ({
    promptId,
    prompt: answers[0]!.prompt,
    answers: answers.toSorted((one, two) => one.step - two.step),
  }));
}

/** Which answers to read for the one chosen: the first of all, one halfway, and itself; fewer where they are the same. */
export function threeOf(answers: readonly RunSample[], chosen: number): RunSample[] {
  const indices = new Set([0, Math.round(chosen / 2), chosen]);
  return [...indices].sort((one, two) => one - two).flatMap((index) => answers[index] ?? []);
}
