import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { PlainError } from '#shared/errors.ts';

/**
 * Writes `text` to `path` whole or not at all: a temporary name beside it, fsync, rename.
 * @throws PlainError no_space when the disk is full; the file that was there before stays
 */
export function writeWhole(path: string, text: string): void {
  const partial = `${path}.partial-${process.pid}`;
  try {
    const file = openSync(partial, 'w', 0o600);
    try {
      writeFileSync(file, text); // all of it or an error, where writeSync may write a part
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new PlainError('no_space', `The disk is full, so ${path} was not written. Free some space and do it again.`, { cause: error });
  }
}
