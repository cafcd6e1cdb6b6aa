import { copyFileSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createApp } from '#backend/app.ts';
import type { App } from '#shared/api/app.ts';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';

/** Opens a project in this process, does `work` and closes it whatever happens; a run that goes on is left resumable. */
export async function withProject<Result>(projectPath: string, work: (app: App) => Promise<Result>): Promise<Result> {
  const app = createApp({ projectPath, remember: false });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** The id of a checkpoint by its name or id; null for undefined. @throws PlainError not_found, naming what there is */
export function checkpointNamed(app: App, nameOrId: string): string;
export function checkpointNamed(app: App, nameOrId: string | undefined): string | null;
export function checkpointNamed(app: App, nameOrId: string | undefined): string | null {
  if (nameOrId === undefined) return null;
  const checkpoints = app.compare.checkpoints();
  const found = checkpoints.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (!found) {
    const names = checkpoints.map(({ name }) => name).join(', ') || 'none';
    throw new PlainError('not_found', `There is no checkpoint ${nameOrId} in this project. It has: ${names}.`);
  }
  return found.id;
}

/** The id of a run by its name or id. @throws PlainError not_found, naming what there is */
export function runNamed(app: App, nameOrId: string): string {
  const runs = app.runs.list();
  const found = runs.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (!found) {
    const names = runs.map(({ name }) => name).join(', ') || 'none';
    throw new PlainError('not_found', `There is no run ${nameOrId} in this project. It has: ${names}.`);
  }
  return found.id;
}

/** Puts a file where uploads wait to be imported, as the browser's would be, and returns its id. @throws PlainError not_found */
export function stageUpload(app: App, file: string): string {
  if (!existsSync(file)) throw new PlainError('not_found', `There is no file ${file}. Check the path and try again.`);
  if (!statSync(file).isFile()) throw new PlainError('bad_input', `${file} is a folder. Choose a file in it.`);
  const id = newId('upl');
  const folder = join(app.uploadsFolder(), id);
  mkdirSync(folder, { recursive: true });
  try {
    copyFileSync(file, join(folder, basename(file)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new PlainError(
      'no_space',
      `The disk that holds ${folder} is full, so ${file} could not be read in. Free some space and do it again.`,
      { cause: error },
    );
  }
  return id;
}
