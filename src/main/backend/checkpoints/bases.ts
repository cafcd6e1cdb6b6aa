import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { Store } from '#store/store.ts';
import { manifestOf } from './manifest.ts';
import { checkpointFolder } from './register.ts';
import { requireCheckpoint } from './views.ts';

/** Folders by hash, as a job has them (`bases`). */
export type Bases = Record<string, string>;

/** Where the whole checkpoints lie that these rest on: a whole one on itself, an adapter on its base. */
export function basesOf(store: Store, checkpoints: readonly (CheckpointRow | null)[]): Bases {
  const bases: Bases = {};
  for (const checkpoint of checkpoints) {
    if (!checkpoint) continue;
    const base = wholeOf(store, checkpoint);
    bases[base.hash] = checkpointFolder(store, base);
  }
  return bases;
}

/** The checkpoint whose weights this one computes with: itself, or what it is an adapter of. */
export function wholeOf(store: Store, checkpoint: CheckpointRow): CheckpointRow {
  return checkpoint.adapter ? requireCheckpoint(store, checkpoint.baseId ?? '') : checkpoint;
}

/** The base of an adapter's folder that was named by its path: it lies beside it, as in every project. */
export function basesBeside(folder: string): Bases {
  const hash = manifestOf(folder).base?.hash;
  const beside = join(dirname(folder), hash ?? '');
  return hash !== undefined && existsSync(beside) ? { [hash]: beside } : {};
}
