import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSupervisor } from '#jobs/supervisor.ts';
import { PlainError } from '#shared/errors.ts';
import { type AnswerRow, answerRow, type PromptRow, type Sampling } from '#shared/jobs.ts';
import { basesBeside } from '../checkpoints/bases.ts';
import { writeJsonLines } from '../runs/lines-file.ts';

export interface SampleRequest {
  /** The checkpoint's folder, in a project or not. */
  model: string;
  prompt: Omit<PromptRow, 'id'>;
  count: number;
  sampling: Sampling;
  signal: AbortSignal;
}

/**
 * Answers one prompt `count` times, outside any project. Null when `signal` stopped it.
 * @throws PlainError not_found, or what the engine says
 */
export async function sampleModel({ model, prompt, count, sampling, signal }: SampleRequest): Promise<AnswerRow[] | null> {
  if (!existsSync(join(model, 'config.json'))) {
    throw new PlainError(
      'not_found',
      `${model} holds no config.json, so it is no checkpoint. Choose a checkpoint's folder, or its name with --project.`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-sample-'));
  const jobs = createSupervisor();
  const stop = () => void jobs.close();
  signal.addEventListener('abort', stop);
  try {
    const promptsFile = join(folder, 'prompts.jsonl');
    const outFile = join(folder, 'answers.jsonl');
    writeJsonLines(promptsFile, [{ id: 'prompt', ...prompt }]);
    const outcome = await jobs.submit({
      id: 'sample',
      job: {
        kind: 'answer',
        checkpoints: [model],
        promptsFile,
        outFile,
        samplesPerPrompt: count,
        sampling,
        rewardModel: null,
        reference: null,
        bases: basesBeside(model),
      },
      onEvent: () => {},
    });
    if (signal.aborted || outcome.kind === 'stopped') return null;
    if (outcome.kind !== 'done') throw new PlainError('engine', outcome.sentence);
    const lines = readFileSync(outFile, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => answerRow.parse(JSON.parse(line)));
  } finally {
    signal.removeEventListener('abort', stop);
    rmSync(folder, { recursive: true, force: true });
  }
}
