import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Supervisor } from '#jobs/supervisor.ts';
import type { Reproduction, RunProgress } from '#shared/api/runs.ts';
import { PlainError } from '#shared/errors.ts';
import type { EngineEvent } from '#shared/jobs.ts';
import type { RunRow } from '#store/queries/runs.ts';
import type { Store } from '#store/store.ts';
import { fingerprint } from '../checkpoints/fingerprint.ts';
import { requireCheckpoint } from '../checkpoints/views.ts';
import { hashOfIds } from './data.ts';
import { runFolder } from './folder.ts';
import { readSamplePromptIds, trainingJob } from './job.ts';
import { recordedSettings } from './methods.ts';
import { requireRun } from './views.ts';

const manifest = z.looseObject({ train: z.array(z.string()), heldOut: z.array(z.string()) });

/**
 * Does a run that is done once more, from its record alone: settings, seed, checkpoints and data as stored, in a folder that is removed afterwards.
 * On the same backend the weights come out with the same hash; on another one they may not, and the answer names both.
 * @throws PlainError not_found, conflict when the run has no result, damaged when its data are not those that it was started with, engine when training fails
 */
export async function reproduce(
  store: Store,
  jobs: Supervisor,
  id: string,
  onProgress: (progress: RunProgress) => void = () => {},
): Promise<Reproduction> {
  const row = requireRun(store, id);
  if (row.state !== 'done' || row.resultCheckpointId === null) {
    throw new PlainError('conflict', `${row.name} is not done, so there is nothing to compare a repetition with. Resume it first.`);
  }
  const expected = requireCheckpoint(store, row.resultCheckpointId).hash;
  if (jobs.state(again(row)) !== null) throw new PlainError('conflict', `${row.name} is being reproduced already.`);
  const folder = join(store.folder, 'runs', `.${row.id}.again`);
  copyData(store, row, folder);
  try {
    let backend: string | null = null;
    const hear = (event: EngineEvent) => {
      if (event.event === 'started') ({ backend } = event);
      if (event.event === 'progress') onProgress(event);
    };
    const job = {
      ...trainingJob(store, row, recordedSettings(row), {
        resume: false,
        samplePromptIds: promptIds(store, row),
        ...(row.step < row.totalSteps && { lastStep: row.step }),
      }),
    };
    const outcome = await jobs.submit({ id: again(row), job: { ...job, runFolder: folder } as typeof job, onEvent: hear });
    if (outcome.kind === 'stopped') throw new PlainError('conflict', `Reproducing ${row.name} was stopped. Start it again when you like.`);
    if (outcome.kind !== 'done') throw new PlainError('engine', `${row.name} could not be done again: ${outcome.sentence}`);
    const { hash } = fingerprint(resolve(folder, outcome.event.checkpoint ?? ''));
    return { equal: hash === expected, hash, expected, backend, recordedBackend: row.backend };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Stops a repetition that is under way; false when there is none. */
export function stopReproducing(store: Store, jobs: Supervisor, id: string): boolean {
  return jobs.stop(again(requireRun(store, id)));
}

const again = (row: RunRow) => `${row.id}:again`;
const promptIds = (store: Store, row: RunRow) => readSamplePromptIds(runFolder(store.folder, row.id));

/** The data that the run was started with, if they are still that. */
function copyData(store: Store, row: RunRow, folder: string): void {
  const from = runFolder(store.folder, row.id);
  if (
    !existsSync(join(from, 'data')) ||
    hashOfIds(manifest.parse(JSON.parse(readFileSync(join(from, 'manifest.json'), 'utf8')))) !== row.dataHash
  ) {
    throw new PlainError(
      'damaged',
      `The data of ${row.name} in ${from} are not those that it was started with. Restore the folder from a backup.`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(from, 'data'), join(folder, 'data'), { recursive: true });
}
