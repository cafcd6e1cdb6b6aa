import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const limit = 5_000_000;

/** Appends to a log file that is set aside as `.1` when it has grown to 5 MB, so that at most two are kept. */
export function openLog(path: string): (chunk: string) => void {
  mkdirSync(dirname(path), { recursive: true });
  return (chunk) => {
    if (existsSync(path) && statSync(path).size > limit) renameSync(path, `${path}.1`);
    appendFileSync(path, chunk);
  };
}
