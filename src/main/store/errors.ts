import { basename, dirname } from 'node:path';
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
  if (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB') return damaged(file, cause);
  if (error.code.startsWith('SQLITE_CANTOPEN') || error.code.startsWith('SQLITE_PERM') || error.code.startsWith('SQLITE_READONLY')) {
    return new PlainError(
      'bad_input',
      `${dirname(file)} cannot be written. Move the project to a folder of yours and open it there.`,
      cause,
    );
  }
  return error;
}

export function damaged(file: string, options?: ErrorOptions): PlainError {
  return new PlainError(
    'damaged',
    `${file} is damaged, so it was left as it is. Copy the newest file of its backups folder over it (after keeping a copy of both), then open the project again.`,
    options,
  );
}
