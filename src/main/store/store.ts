import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import { backUpDaily } from './backups.ts';
import { type Connection, connect } from './connection.ts';
import { damaged, readOnly } from './errors.ts';
import { migrate } from './migrate.ts';
import { createQueries, type Queries } from './queries/index.ts';

/** One open project: its folder, its tables, its transactions. The backend is its only writer. */
export interface Store extends Queries {
  /** `…/NAME.plumbline` */
  readonly folder: string;
  readonly name: string;
  /** All of `work` lands on disk before this returns, or none of it. */
  transaction<Result>(work: () => Result): Result;
  /** Makes today's backup if none is there (`backups.ts`). */
  backUpDaily(): Promise<string | null>;
  close(): void;
}

const suffix = '.plumbline';
/** Bytes of SQLite's smallest page. */
const smallestDatabase = 512;
/** Above this many bytes a whole check would be felt at every start; damage is then met, and said, where it is read. */
const checkedWhole = 32 * 2 ** 20;

/**
 * Opens the project in `folder`.
 * @throws PlainError not_found, damaged, newer, conflict (another copy of the app has it open), no_space
 */
export function openStore(folder: string): Store {
  const path = resolve(folder);
  const file = join(path, 'project.db');
  if (!existsSync(file)) {
    throw new PlainError(
      'not_found',
      `${path} is not a Plumbline project: it holds no project.db. Choose a folder that ends in ${suffix}.`,
    );
  }
  if (statSync(file).size < smallestDatabase) throw damaged(file); // SQLite would take it for a new database
  try {
    for (const part of [path, file]) accessSync(part, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw readOnly(path, { cause: error });
  }
  return open(path, file, false);
}

/**
 * Makes an empty project; `.plumbline` is added to the folder's name if it lacks it.
 * @throws PlainError conflict when the folder holds something, no_space, bad_input
 */
export function createStore(folder: string): Store {
  const path = projectFolder(folder);
  const file = join(path, 'project.db');
  if (existsSync(file)) {
    throw new PlainError('conflict', `${path} is already a Plumbline project. Open it, or choose another name.`);
  }
  try {
    for (const part of ['', 'checkpoints', 'runs', 'backups']) mkdirSync(join(path, part), { recursive: true });
  } catch (error) {
    const full = (error as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new PlainError(
      full ? 'no_space' : 'bad_input',
      full
        ? `The disk that would hold ${path} is full. Free some space, then create it again.`
        : `${path} cannot be created (${(error as Error).message}). Choose another folder.`,
      { cause: error },
    );
  }
  return open(path, file, true);
}

/** Absolute path of a project folder by any way of naming it. */
export function projectFolder(folder: string): string {
  const path = resolve(folder);
  return path.endsWith(suffix) ? path : path + suffix;
}

export function projectName(folder: string): string {
  return basename(folder, suffix);
}

function open(folder: string, file: string, fresh: boolean): Store {
  const connection = connect(file);
  try {
    if (!fresh && statSync(file).size <= checkedWhole) check(connection, file);
    migrate(connection, file);
    return {
      folder,
      name: projectName(folder),
      transaction: connection.transaction,
      backUpDaily: () => backUpDaily(connection, file),
      close: () => connection.close(),
      ...createQueries(connection),
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function check(connection: Connection, file: string): void {
  if (connection.pragma('quick_check(1)') !== 'ok') throw damaged(file);
}
