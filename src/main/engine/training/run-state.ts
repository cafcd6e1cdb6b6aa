import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import type { AdamW } from '../nn/adamw.ts';
import type { Parameters } from '../nn/parameters.ts';
import { sayFullDisk, syncFolder, writeWhole } from '../weights/files.ts';
import { type HostTensor, readSafetensors, writeSafetensors } from '../weights/safetensors.ts';
import { checkFinite } from './update.ts';

/**
 * What continues a run exactly: a folder `state/step-N/` with `weights.safetensors` (all trained parameters), `optimizer.safetensors` (m and v) and `state.json`.
 * `state/latest` names the newest. A state appears whole by one rename, `latest` follows by another, and only then is the one before removed: whenever the
 * process dies, one whole state is on disk. Random draws need no state of their own: each comes from a generator seeded by (seed, what it is for, step).
 */
export interface Trained {
  parameters: Parameters;
  optimizer: AdamW;
}

/** A number's JSON has all its bits, so float64 statistics survive as they are. */
const stateJson = z.object({ format: z.literal(1), optimizerStep: z.int().min(0), values: z.unknown() });

/** @throws PlainError `no_space`, or `engine` when a weight is not finite; the state before stays. */
export function saveState(runFolder: string, at: number, trained: Trained, values: unknown): void {
  checkFinite(trained.parameters);
  const folder = join(runFolder, 'state');
  const name = freeName(folder, `step-${at}`);
  const { step, tensors } = trained.optimizer.state();
  const shapes = new Map(trained.parameters.manifest.map(({ name, shape }) => [name, shape]));
  const shaped = (arrays: Map<string, Float32Array>, shapeOf: (name: string) => number[]) =>
    new Map([...arrays].map(([name, data]): [string, HostTensor] => [name, { shape: shapeOf(name), data }]));
  const temporary = join(folder, `.${name}.${process.pid}.writing`);
  sayFullDisk(folder, () => {
    mkdirSync(temporary, { recursive: true });
    try {
      writeSafetensors(
        join(temporary, 'weights.safetensors'),
        shaped(trained.parameters.toArrays(), (name) => shapes.get(name)!),
      );
      writeSafetensors(
        join(temporary, 'optimizer.safetensors'),
        shaped(tensors, (name) => shapes.get(name.replace(/\.[mv]$/, ''))!),
      );
      writeWhole(join(temporary, 'state.json'), JSON.stringify({ format: 1, optimizerStep: step, values }));
      syncFolder(temporary);
      renameSync(temporary, join(folder, name));
      syncFolder(folder);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  });
  writeWhole(join(folder, 'latest'), `${name}\n`);
  syncFolder(folder);
  for (const entry of readdirSync(folder))
    if (entry !== name && entry !== 'latest') rmSync(join(folder, entry), { recursive: true, force: true });
}

/**
 * Puts the newest state into `trained`; null, and nothing changed, when the run has none.
 * @throws PlainError `damaged`.
 */
export function restoreState<Values>(runFolder: string, trained: Trained, values: z.ZodType<Values>): Values | null {
  const name = latestName(runFolder);
  if (name === null) return null;
  const folder = join(runFolder, 'state', name);
  try {
    const state = stateJson.extend({ values }).parse(JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')));
    trained.parameters.load(arraysOf(join(folder, 'weights.safetensors')));
    trained.optimizer.load({ step: state.optimizerStep, tensors: arraysOf(join(folder, 'optimizer.safetensors')) });
    return state.values;
  } catch (cause) {
    throw new PlainError(
      'damaged',
      `The saved state of this run (${folder}) cannot be read, so it cannot go on from there. Start a new run.`,
      { cause },
    );
  }
}

/** A run may be saved twice within a step (a stop in the middle of it), and the state that is there must stay until the next is whole. */
function freeName(folder: string, name: string): string {
  let free = name;
  for (let again = 2; existsSync(join(folder, free)); again++) free = `${name}.${again}`;
  return free;
}

function latestName(runFolder: string): string | null {
  const path = join(runFolder, 'state', 'latest');
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
}

function arraysOf(path: string): Map<string, Float32Array> {
  return new Map([...readSafetensors(path).tensors].map(([name, { data }]) => [name, data]));
}
