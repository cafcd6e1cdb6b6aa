import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SampleTokens, sampleTokens } from '#shared/jobs.ts';
import { writeWhole } from '../files.ts';

/** `samples/STEP-PROMPT.json` of a run's folder. Prompt ids are ours: letters, digits, `_` and `-`. */
const fileOf = (step: number, promptId: string) => join('samples', `${step}-${promptId}.json`);

/** Keeps an answer token by token beside the run, and returns the file's name in its folder. A full disk must not end a run for the sake of it. */
export function keepSampleTokens(folder: string, step: number, promptId: string, tokens: SampleTokens): string | undefined {
  try {
    mkdirSync(join(folder, 'samples'), { recursive: true });
    writeWhole(join(folder, fileOf(step, promptId)), JSON.stringify(tokens));
    return fileOf(step, promptId);
  } catch {
    return undefined;
  }
}

/** Null where it was not kept, or is no longer there. */
export function readSampleTokens(folder: string, step: number, promptId: string): SampleTokens | null {
  if (!/^[\w-]+$/.test(promptId)) return null; // it becomes part of a path
  const path = join(folder, fileOf(step, promptId));
  if (!existsSync(path)) return null;
  const read = sampleTokens.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  return read.success ? read.data : null;
}
