import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const limit = 5_000_000;

/** Appends to a log file, where the disk lets it, that is set aside as `.1` when it has grown to 5 MB, so that at most two are kept. */
export function openLog(path: string): (chunk: string) => void {
  mkdirSync(dirname(path), { recursive: true });
  return (chunk) => {
    try {
      if (existsSync(path) && statSync(path).size > limit) renameSync(path, `${path}.1`);
      appendFileSync(path, chunk);
    } catch {
      // A full disk: the app says so where it matters, and a log that cannot be kept must not end the window's host.
    }
  };
}
