import { appendFileSync, closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import type { RunRows } from './data.ts';
import { writeJsonLines } from './lines-file.ts';

/** Lines of log that the run page shows, and the bytes that are read to find them. */
const shownLines = 200;
const tailBytes = 64 * 1024;

/** `runs/ID` of the project: `data/` for the engine, `manifest.json`, `log.txt`, and what the engine writes. */
export function runFolder(project: string, run: string): string {
  return join(project, 'runs', run);
}

/**
 * Writes what the engine reads, and which judgments and prompts it is. Nothing is left behind when it fails.
 * @throws PlainError no_space
 */
export function writeRunData(folder: string, rows: RunRows, manifest: Record<string, unknown>): void {
  try {
    mkdirSync(join(folder, 'data'), { recursive: true });
    writeJsonLines(join(folder, 'data', 'train.jsonl'), rows.train);
    writeJsonLines(join(folder, 'data', 'held_out.jsonl'), rows.heldOut);
    if (rows.bothBad && rows.bothBad.length > 0) writeJsonLines(join(folder, 'data', 'both_bad.jsonl'), rows.bothBad);
    writeJsonLines(join(folder, 'manifest.json'), [{ ...manifest, ...rows.ids }]);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new PlainError(
      'no_space',
      `The disk that holds ${folder} is full, so the run was not started. Free some space and start it again.`,
      {
        cause: error,
      },
    );
  }
}

/** A full disk must not end a run for the sake of its log. */
export function appendLog(folder: string, line: string): void {
  try {
    appendFileSync(join(folder, 'log.txt'), `${line}\n`);
  } catch {
    return;
  }
}

export function readLog(folder: string): string[] {
  const path = join(folder, 'log.txt');
  if (!existsSync(path)) return [];
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, tailBytes));
    readSync(file, tail, 0, tail.length, size - tail.length);
    const lines = tail.toString('utf8').split('\n');
    return (size > tail.length ? lines.slice(1) : lines).filter((line) => line !== '').slice(-shownLines);
  } finally {
    closeSync(file);
  }
}
