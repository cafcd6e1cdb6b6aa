import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { PlainError } from '#shared/errors.ts';

/**
 * Writes a whole file or none: to a temporary name, onto the disk, then renamed.
 * @throws PlainError `no_space`.
 */
export function writeWhole(path: string, ...chunks: (Uint8Array | string)[]): void {
  const temporary = `${path}.${process.pid}.writing`;
  sayFullDisk(path, () => {
    try {
      const file = openSync(temporary, 'w');
      try {
        for (const chunk of chunks) writeAll(file, typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  });
}

/** Puts a folder's entries, as they are now, onto the disk. Windows has no such call and needs none. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Runs `write`; a full disk becomes a sentence about `path`. */
export function sayFullDisk<Result>(path: string, write: () => Result): Result {
  try {
    return write();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
    throw new PlainError('no_space', `There is no space left on the disk for ${path}. Free some, then try again.`, { cause: error });
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done);
}
