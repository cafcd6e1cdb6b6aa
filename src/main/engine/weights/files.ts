import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
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

/** Puts a folder where another may be. A folder cannot be renamed onto another, so the old one steps aside first. */
export function replaceFolder(from: string, to: string): void {
  const aside = `${from}.old`;
  if (existsSync(to)) renameSync(to, aside);
  renameSync(from, to);
  rmSync(aside, { recursive: true, force: true });
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

/**
 * Writes a file of any size from pieces, whole or not at all, like {@link writeWhole}; `between` is awaited after each piece and may throw to give up.
 * @throws PlainError `no_space`, and what `between` throws.
 */
export async function writePieces(path: string, pieces: Iterable<Uint8Array>, between: (bytes: number) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.writing`;
  const file = sayFullDisk(path, () => openSync(temporary, 'w'));
  let open = true;
  const close = () => {
    if (open) closeSync(file);
    open = false;
  };
  try {
    for (const piece of pieces) {
      sayFullDisk(path, () => writeAll(file, piece));
      await between(piece.length);
    }
    sayFullDisk(path, () => fsyncSync(file));
    close();
    renameSync(temporary, path);
  } catch (error) {
    close();
    rmSync(temporary, { force: true });
    throw error;
  }
}
