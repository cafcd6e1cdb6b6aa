import { readFileSync } from 'node:fs';
import { PlainError } from '#shared/errors.ts';
import { type AnswerRow, answerRow, type Job } from '#shared/jobs.ts';
import type { Store } from '#store/store.ts';
import { addComparison, addResponse } from '../comparisons.ts';
import { textOf } from '../messages.ts';
import { measuresOf } from './measures.ts';
import type { Prepared } from './prepare.ts';

/**
 * Takes a finished report's answers into the store, in one transaction: the responses, what was measured, and for every prompt that two checkpoints
 * answered differently a comparison for blind votes (purpose `study`: it never trains a model).
 * @throws PlainError damaged when the engine's file is not whole
 */
export function keepAnswers(store: Store, report: string, prepared: Prepared, job: Extract<Job, { kind: 'answer' }>): void {
  const { checkpoints, prompts, config } = prepared;
  const answers = readAnswers(job.outFile);
  const byPrompt = new Map(prompts.map(({ id }) => [id, [] as AnswerRow[]]));
  for (const answer of answers) {
    const row = byPrompt.get(answer.promptId);
    if (row) row[answer.checkpoint] = answer;
  }
  store.transaction(() => {
    for (const [position, { id: promptId }] of prompts.entries()) {
      const prompt = store.prompts.get(promptId);
      const row = byPrompt.get(promptId) ?? [];
      if (!prompt)
        throw new PlainError('damaged', `The prompt ${promptId} of this comparison is not in the project. Start a new comparison.`);
      const responses = checkpoints.map((checkpoint, index) => {
        const answer = row[index];
        if (!answer)
          throw new PlainError('damaged', `${checkpoint.name} left prompt ${position + 1} unanswered. Start the comparison again.`);
        const response = addResponse(store, {
          promptId,
          text: answer.text,
          checkpointId: checkpoint.id,
          sampling: job.sampling,
          seed: config.seed,
          tokenIds: answer.ids,
          terminated: answer.terminated,
        });
        store.reports.insertAnswer({
          reportId: report,
          position,
          checkpoint: index,
          promptId,
          responseId: response.id,
          tokens: answer.ids.length,
          terminated: answer.terminated,
          reward: answer.reward,
          klK1: answer.kl?.k1 ?? null,
          klK3: answer.kl?.k3 ?? null,
        });
        return { ...response, text: answer.text };
      });
      const [first, ...others] = responses;
      for (const other of others) {
        if (!first || other.text === first.text) continue;
        addComparison(store, { prompt, responses: [first, other], purpose: 'study', reportId: report, queued: true });
      }
    }
    const words = new Map(prompts.map(({ id, prompt }) => [id, textOf(prompt)]));
    const measured = checkpoints.map((_, index) =>
      measuresOf(
        answers.filter((answer) => answer.checkpoint === index),
        ({ promptId }) => words.get(promptId) ?? '',
      ),
    );
    store.reports.update(report, { state: 'done', done: answers.length, measures: measured, endedAt: Date.now() });
  });
}

function readAnswers(path: string): AnswerRow[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => answerRow.parse(JSON.parse(line)));
  } catch (error) {
    throw new PlainError('damaged', `The answers at ${path} cannot be read. Start the comparison again.`, { cause: error });
  }
}
