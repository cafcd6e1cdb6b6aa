import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { PlainError } from '#shared/errors.ts';

/** The sentence for what SQLite refused, where a person can do something about it; anything else as it is (a defect). */
export function plainSqliteError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const project = basename(dirname(file));
  const cause = { cause: error };
  if (error.code.startsWith('SQLITE_BUSY') || error.code.startsWith('SQLITE_LOCKED')) {
    return new PlainError(
      'conflict',
      `Another copy of Plumbline has ${project} open. Close it there first; a project belongs to one copy at a time.`,
      cause,
    );
  }
  if (error.code === 'SQLITE_FULL' || error.code === 'SQLITE_IOERR_WRITE' || error.code === 'SQLITE_IOERR_SHMSIZE') {
    return new PlainError(
      'no_space',
      `The disk that holds ${dirname(file)} is full. Nothing was half-written; free some space and do it again.`,
      cause,
    );
  }
  if (error.code.startsWith('SQLITE_IOERR') && error.code !== 'SQLITE_IOERR_SHORT_READ') {
    return new PlainError(
      'no_space',
      `The disk that holds ${dirname(file)} could not be read or written (${error.code}). Look whether it is still there and writable, then do it again.`,
      cause,
    );
  }
  if (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_IOERR_SHORT_READ' || error.code === 'SQLITE_NOTADB')
    return damaged(file, cause);
  if (error.code.startsWith('SQLITE_CANTOPEN') || error.code.startsWith('SQLITE_PERM') || error.code.startsWith('SQLITE_READONLY')) {
    return readOnly(dirname(file), cause);
  }
  return error;
}

/** The folder, or the database in it, is not this person's to write. */
export function readOnly(folder: string, options?: ErrorOptions): PlainError {
  return new PlainError('bad_input', `${folder} cannot be written. Move the project to a folder of yours and open it there.`, options);
}

/** What to do with a project whose database cannot be read: its newest backup, if it has one. */
export function damaged(file: string, options?: ErrorOptions): PlainError {
  return new PlainError('damaged', `${file} is damaged, so it was left as it is. ${rescue(dirname(file))}`, options);
}

/** How a damaged project of `folder` is brought back. What SQLite has not yet put into the file lies beside it and must go with it, or it would be replayed into the copy. */
export function rescue(folder: string): string {
  const newest = newestBackup(folder);
  if (newest === null)
    return 'It has no backup yet. Keep a copy of the whole folder; “sqlite3 project.db .recover” can often read most of what is in it.';
  return `Keep a copy of the folder, then copy ${join('backups', newest)} over project.db, remove project.db-wal and project.db-shm where they are there, and open the project again.`;
}

function newestBackup(folder: string): string | null {
  try {
    const names = readdirSync(join(folder, 'backups')).filter((name) => name.endsWith('.db'));
    return names.sort((a, b) => stampOf(a).localeCompare(stampOf(b))).at(-1) ?? null;
  } catch {
    return null;
  }
}

/** Of `day-2026-11-24T08-00-00-000Z.db` and `layout-12-2026-….db` what they have in common. */
const stampOf = (name: string) => name.slice(name.search(/\d{4}-\d\d-\d\dT/));
