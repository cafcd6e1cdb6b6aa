import { join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { RewardReport } from '#shared/jobs.ts';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { Store } from '#store/store.ts';
import { type Fingerprint, fingerprint } from './fingerprint.ts';
import { manifestOf } from './manifest.ts';
import { place } from './place.ts';

export interface Registration {
  /** The checkpoint's files; a run's result is moved from there, any other folder is copied. */
  folder: string;
  /** Made unique by a number if the project has it. */
  name: string;
  parentId?: string | null;
  runId?: string | null;
  license?: string | null;
  /** What its folder was found to be, where someone looked already. */
  print?: Fingerprint;
  /** Of a reward model. */
  report?: RewardReport | null;
}

/**
 * Takes a checkpoint into the project under the hash of its content, read-only from then on. The same content is registered once; its kind is what its
 * plumbline.json says.
 * @throws PlainError bad_input when the folder is no checkpoint, or an adapter of one that the project does not have; damaged, no_space
 */
export function registerCheckpoint(store: Store, registration: Registration): CheckpointRow {
  const manifest = manifestOf(registration.folder);
  const base = manifest.base ? baseOf(store, registration.name, manifest.base.hash) : null;
  const print = spaceGuarded(() => {
    const found = registration.print ?? fingerprint(registration.folder);
    place(registration.folder, found, store.folder);
    return found;
  }, store.folder);
  const known = store.checkpoints.byHash(print.hash);
  if (known) {
    if (known.removedAt !== null) store.checkpoints.setRemoved(known.id, null); // its files are there again
    return { ...known, removedAt: null };
  }
  const parent = registration.parentId ? store.checkpoints.get(registration.parentId) : undefined;
  const row: CheckpointRow = {
    id: newId('ckpt'),
    name: freeName(store, registration.name),
    kind: manifest.kind,
    hash: print.hash,
    parentId: parent?.id ?? null,
    baseId: base?.id ?? parent?.baseId ?? parent?.id ?? null,
    adapter: base !== null,
    runId: registration.runId ?? null,
    architecture: print.architecture,
    // An adapter computes with the weights that it corrects.
    parameters: print.parameters + (base?.parameters ?? 0),
    bytes: print.bytes,
    tokenizerHash: print.tokenizerHash,
    license: registration.license ?? parent?.license ?? null,
    report: registration.report ?? null,
    createdAt: Date.now(),
    removedAt: null,
  };
  store.checkpoints.insert(row);
  return row;
}

/** Where a registered checkpoint's files lie. */
export function checkpointFolder(store: Store, checkpoint: { hash: string }): string {
  return join(store.folder, 'checkpoints', checkpoint.hash);
}

function baseOf(store: Store, name: string, hash: string): CheckpointRow {
  const base = store.checkpoints.byHash(hash);
  if (base) return base;
  throw new PlainError(
    'bad_input',
    `${name} is an adapter of a model that this project does not have (checkpoint ${hash.slice(0, 12)}…). Import that model first.`,
  );
}

function freeName(store: Store, wanted: string): string {
  let name = wanted;
  for (let number = 2; store.checkpoints.named(name); number++) name = `${wanted}-${number}`;
  return name;
}

function spaceGuarded<Result>(work: () => Result, folder: string): Result {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new PlainError(
      'no_space',
      `The disk that holds ${folder} is full, so the checkpoint could not be kept. Free some space and do it again.`,
      {
        cause: error,
      },
    );
  }
}
