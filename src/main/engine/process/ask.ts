import type { JobOf } from '#shared/jobs.ts';
import type { AskResult } from '#shared/model-jobs.ts';
import { loadLanguageModel } from '../formats/language-model.ts';
import { Random } from '../nn/random.ts';
import { type Generated, generate } from '../sampling/generate.ts';
import type { JobContext, JobResult } from '../training/context.ts';
import { writeWhole } from '../weights/files.ts';
import { questionIds } from './question.ts';

/** Milliseconds between two looks at an answer that grows. */
const glance = 200;

/**
 * Answers one question, by as many answers as are wanted; (seed, index) fixes each. What there is so far is told by `sample` events whose step is the answer's index.
 */
export async function ask(job: JobOf<'ask'>, { emit, breathe, backend }: JobContext): Promise<JobResult> {
  const model = loadLanguageModel(job.model, job.bases);
  const { decoder, tokenizer, stopIds } = model;
  emit({ event: 'started', backend, parameters: decoder.parameters.count, totalSteps: job.sampling.maxNewTokens, resumedAt: 0 });
  const ids = questionIds(model, job.question);
  const text = (ids: readonly number[]) => tokenizer?.decode(ids) ?? '';
  const tell = (index: number, { ids, terminated }: Generated) => {
    const answer = { text: text(ids), tokens: ids.length, terminated };
    emit({ event: 'sample', step: index, promptId: 'question', ...answer, reward: null, kl: null });
  };
  let told = performance.now();
  const requests = Array.from({ length: job.count }, (_, index) => ({ ids, generator: Random.from(job.sampling.seed, 'prompt', index) }));
  const answers = await generate(decoder, requests, {
    ...job.sampling,
    stopIds,
    onStep: async (growing) => {
      if (performance.now() - told > glance) {
        told = performance.now();
        for (const [index, answer] of growing.entries()) tell(index, answer);
      }
      await breathe();
    },
  });
  const result: AskResult = {
    prompt: tokenizer?.pieces(ids) ?? ids.map((id) => ({ id, text: '', special: false })),
    answers: answers.map(({ ids, terminated }) => ({ text: text(ids), ids, terminated })),
  };
  writeWhole(job.outFile, JSON.stringify(result));
  return { checkpoint: null, metrics: {}, reward: null };
}
