import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type EngineEvent, event, type Job, type PairRow, type PromptRow, type SftRow } from '#shared/jobs.ts';
import { dpoConfig } from '#shared/training/dpo.ts';
import { grpoConfig } from '#shared/training/grpo.ts';
import { ppoConfig } from '#shared/training/ppo.ts';
import { rewardConfig } from '#shared/training/reward.ts';
import { sftConfig } from '#shared/training/sft.ts';
import type { MachineFault } from './machine-faults.ts';

/** A tiny random model with a tokenizer and a chat template. */
export const tinyModel = fileURLToPath(new URL('../golden/models/smollm', import.meta.url));
const entry = fileURLToPath(new URL('../../src/main/engine/index.ts', import.meta.url));
const faults = new URL('machine-faults.ts', import.meta.url).href;

export interface EngineRun {
  readonly child: ChildProcess;
  readonly events: EngineEvent[];
  readonly log: string[];
  /** Resolves at the first event that `matches`, past or future. */
  until(matches: (event: EngineEvent) => boolean): Promise<EngineEvent>;
  /** How the process ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  send(line: string): void;
}

/**
 * Starts the real engine process with `firstLine`, a job or anything else. It is killed when the test ends.
 * @param fault what `machine-faults.ts` does to it, at once or after its first saved state.
 */
export function startEngine(firstLine: Job | string, env: Record<string, string> = {}, fault: MachineFault | null = null): EngineRun {
  const preload = fault === null ? [] : ['--import', `${faults}?${fault}`];
  const child = spawn(process.execPath, [...preload, entry], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const events: EngineEvent[] = [];
  const log: string[] = [];
  const waiting: { matches: (event: EngineEvent) => boolean; resolve: (event: EngineEvent) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stderr! }).on('line', (line) => log.push(line));
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const heard = event.parse(JSON.parse(line));
    events.push(heard);
    for (const { matches, resolve } of waiting) if (matches(heard)) resolve(heard);
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('close', (code, signal) => {
      for (const { reject } of waiting)
        reject(new Error(`The engine ended (${code ?? signal}) before that event. Its log: ${log.join('\n')}`));
      resolve({ code, signal });
    });
  });
  child.stdin!.on('error', () => {});
  const send = (line: string) => child.stdin!.write(`${line}\n`);
  send(typeof firstLine === 'string' ? firstLine : JSON.stringify(firstLine));
  return {
    child,
    events,
    log,
    until: (matches) => {
      const known = events.find(matches);
      if (known) return Promise.resolve(known);
      return new Promise((resolve, reject) => waiting.push({ matches, resolve, reject }));
    },
    ended,
    send,
  };
}

const say = (content: string) => [{ role: 'user' as const, content }];
const objects = ['a towel', 'two towels', 'a taxi', 'the bill', 'a pillow', 'late checkout', 'the code', 'tea'];

export const sftRows: SftRow[] = objects.map((object, i) => ({
  id: `s${i}`,
  prompt: say(`Send up ${object}.`),
  response: `Here is ${object}.`,
}));
export const pairRows: PairRow[] = objects.flatMap((object, i) =>
  [1, 2, 3].map((strength) => ({
    id: `j${i}-${strength}`,
    promptId: `p${i}`,
    prompt: say(`Send up ${object}.`),
    chosen: `Gladly, ${object} comes at once.`,
    rejected: strength === 1 ? 'No.' : 'Ask someone else, we are busy today.',
    softTarget: i === 3 ? 0.5 : 1,
    strength: strength as 1 | 2 | 3,
  })),
);
export const promptRows: PromptRow[] = objects.map((object, i) => ({ id: `p${i}`, prompt: say(`Send up ${object}.`) }));

/** Small settings, with several saved states and held-out measurements. */
export const small = {
  sft: sftConfig.parse({ batchSize: 3, epochs: 2.5, checkpointEvery: 2, evaluateEvery: 2, learningRate: 1e-3 }),
  reward: rewardConfig.parse({ batchSize: 4, epochs: 1.5, checkpointEvery: 2, evaluateEvery: 3, normalizationSamples: 16 }),
  ppo: ppoConfig.parse({
    steps: 4,
    episodes: 6,
    minibatchSize: 2,
    epochs: 2,
    maxNewTokens: 12,
    checkpointEvery: 1,
    adaptiveKl: true,
    klHorizon: 20,
  }),
  dpo: dpoConfig.parse({ batchSize: 4, epochs: 1.5, checkpointEvery: 2, evaluateEvery: 2, sampleEvery: 3, maxNewTokens: 12 }),
  grpo: grpoConfig.parse({ steps: 4, groups: 2, groupSize: 3, minibatchSize: 2, epochs: 2, maxNewTokens: 12, checkpointEvery: 1 }),
};

/** A run folder with its data, as the backend makes it. */
export function runFolder(parent: string, name: string, kind: 'sft' | 'reward' | 'ppo' | 'dpo' | 'grpo'): string {
  const folder = join(parent, name);
  mkdirSync(join(folder, 'data'), { recursive: true });
  const rows: Record<typeof kind, unknown[]> = { sft: sftRows, reward: pairRows, ppo: promptRows, dpo: pairRows, grpo: promptRows };
  const lines = (some: unknown[]) => some.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(join(folder, 'data/train.jsonl'), lines(rows[kind].slice(2)));
  writeFileSync(join(folder, 'data/held_out.jsonl'), lines(rows[kind].slice(0, 2)));
  return folder;
}

/** SHA-256 of the weights that a finished run made, or of its adapter. */
export function weightsOf(folder: string): string {
  const [whole, adapter] = ['model.safetensors', 'adapter_model.safetensors'].map((name) => join(folder, 'checkpoint', name));
  return createHash('sha256')
    .update(readFileSync(existsSync(whole!) ? whole! : adapter!))
    .digest('hex');
}
