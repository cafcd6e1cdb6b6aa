import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Supervisor } from '#jobs/supervisor.ts';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { EngineEvent, Job } from '#shared/jobs.ts';

interface EngineQuestion<Schema extends z.ZodType> {
  jobs: Supervisor;
  /** The job that writes its result to this file. */
  job: (outFile: string) => Job;
  /** What the result is. */
  schema: Schema;
  onEvent?: (event: EngineEvent) => void;
  /** Ends it; the result is null then. */
  signal?: AbortSignal | undefined;
}

/**
 * Has the engine do a job whose result is one JSON file.
 * @throws PlainError with the engine's own sentence
 */
export async function askEngine<Schema extends z.ZodType>(question: EngineQuestion<Schema>): Promise<z.output<Schema> | null> {
  const { jobs, job, schema, signal, onEvent = () => {} } = question;
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-model-'));
  const id = newId('job');
  const stop = () => void jobs.stop(id);
  signal?.addEventListener('abort', stop);
  try {
    if (signal?.aborted) return null;
    const outFile = join(folder, 'result.json');
    const outcome = await jobs.submit({ id, job: job(outFile), onEvent });
    if (signal?.aborted || outcome.kind === 'stopped') return null;
    if (outcome.kind === 'interrupted') throw endedEarly(outcome.sentence);
    if (outcome.kind !== 'done') throw new PlainError('engine', outcome.sentence);
    return schema.parse(JSON.parse(readFileSync(outFile, 'utf8')));
  } finally {
    signal?.removeEventListener('abort', stop);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of an engine that died over a model: it has nothing to resume. `log`: how the supervisor tells of it. */
export function endedEarly(log: string): PlainError {
  const killed = log.includes('killed') ? ', most likely because memory ran out' : '';
  return new PlainError(
    'engine',
    `The process that had the model in hand ended before it was done${killed}. Nothing was kept of it; try again.`,
    { cause: log },
  );
}
