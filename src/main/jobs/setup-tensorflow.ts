import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { TensorflowVariant } from '#shared/backends.ts';
import { lineReader } from './lines.ts';

const entry = fileURLToPath(new URL('../engine/setup-tensorflow.ts', import.meta.url));
const line = z.union([
  z.object({ words: z.string(), done: z.number() }),
  z.object({ folder: z.string() }),
  z.object({ reason: z.string() }),
]);

export interface TensorflowProcess {
  /** Null when TensorFlow is set up, else why not. Never rejects. */
  readonly ended: Promise<string | null>;
  stop(): void;
}

/** Fetches and builds libtensorflow in a process of its own. */
export function startTensorflowSetup(variant: TensorflowVariant, onProgress: (words: string, done: number) => void): TensorflowProcess {
  const child = spawn(process.execPath, [entry, variant], { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  let outcome: string | null | undefined;
  let lastWords = '';
  const stdout = lineReader((text) => {
    const parsed = line.safeParse(json(text));
    if (!parsed.success) return;
    if ('words' in parsed.data) onProgress(parsed.data.words, parsed.data.done);
    else outcome = 'folder' in parsed.data ? null : parsed.data.reason;
  });
  const stderr = lineReader((text) => {
    lastWords = text;
  });
  child.stdout.on('data', stdout.write);
  child.stderr.on('data', stderr.write);
  const ended = new Promise<string | null>((resolve) => {
    child.on('error', (error) => resolve(`Setting up TensorFlow could not be started: ${error.message}.`));
    child.on('close', (code, signal) => {
      stdout.end();
      stderr.end();
      resolve(outcome !== undefined ? outcome : `Setting up TensorFlow ended by ${signal ?? `exit code ${code}`}. ${lastWords} Try again.`);
    });
  });
  return { ended, stop: () => void child.kill() };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
