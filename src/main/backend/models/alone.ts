import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createSupervisor, type Supervisor } from '#jobs/supervisor.ts';
import { type AskResult, askResult, type LogProbsResult, logProbsResult, type Question } from '#shared/model-jobs.ts';
import type { Sampling } from '#shared/sampling.ts';
import { basesBeside } from '../checkpoints/bases.ts';
import { defaultDataFolder } from '../folders.ts';
import { createMachine } from '../machine/index.ts';
import { askEngine } from './engine-question.ts';

interface Alone {
  /** A checkpoint's folder, a folder as the Hub has them, or a GGUF file. */
  model: string;
  question: Question;
  signal: AbortSignal;
}

/**
 * Answers one question `count` times from a model that lies anywhere, outside any project. Null when `signal` stopped it.
 * @throws PlainError what the engine says
 */
export function sampleModel({
  model,
  question,
  count,
  sampling,
  signal,
}: Alone & { count: number; sampling: Sampling }): Promise<AskResult | null> {
  return withEngine((jobs) =>
    askEngine({
      jobs,
      job: (outFile) => ({ kind: 'ask', model, question, count, sampling, outFile, bases: basesOf(model) }),
      schema: askResult,
      signal,
    }),
  );
}

/** Log-probabilities of a prompt under a model that lies anywhere. Null when `signal` stopped it. @throws PlainError what the engine says */
export function modelLogProbs({ model, question, greedy, signal }: Alone & { greedy: number }): Promise<LogProbsResult | null> {
  return withEngine((jobs) =>
    askEngine({
      jobs,
      job: (outFile) => ({ kind: 'logprobs', model, question, greedy, outFile, bases: basesOf(model) }),
      schema: logProbsResult,
      signal,
    }),
  );
}

async function withEngine<Result>(work: (jobs: Supervisor) => Promise<Result>): Promise<Result> {
  const machine = createMachine(defaultDataFolder());
  const jobs = createSupervisor({ environment: machine.environment });
  try {
    return await work(jobs);
  } finally {
    await jobs.close();
    await machine.close();
  }
}

function basesOf(model: string): Record<string, string> {
  return existsSync(join(model, 'plumbline.json')) ? basesBeside(model) : {};
}
