import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointKind } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import { checkpointManifest, type RewardReport } from '#shared/jobs.ts';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { Store } from '#store/store.ts';
import { fingerprint } from './fingerprint.ts';
import { place } from './place.ts';

export interface Registration {
  /** The checkpoint's files; a run's result is moved from there, any other folder is copied. */
  folder: string;
  /** Made unique by a number if the project has it. */
  name: string;
  parentId?: string | null;
  runId?: string | null;
  license?: string | null;
  /** Of a reward model. */
  report?: RewardReport | null;
}

/**
 * Takes a checkpoint into the project under the hash of its content, read-only from then on. The same content is registered once; its kind is what its
 * plumbline.json says.
 * @throws PlainError bad_input when the folder is no checkpoint, damaged, no_space
 */
export function registerCheckpoint(store: Store, registration: Registration): CheckpointRow {
  const kind = kindOf(registration.folder);
  const print = spaceGuarded(() => {
    const found = fingerprint(registration.folder);
    place(registration.folder, found, store.folder);
    return found;
  }, store.folder);
  const known = store.checkpoints.byHash(print.hash);
  if (known) return known;
  const parent = registration.parentId ? store.checkpoints.get(registration.parentId) : undefined;
  const row: CheckpointRow = {
    id: newId('ckpt'),
    name: freeName(store, registration.name),
    kind,
    hash: print.hash,
    parentId: parent?.id ?? null,
    baseId: parent?.baseId ?? parent?.id ?? null,
    runId: registration.runId ?? null,
    architecture: print.architecture,
    parameters: print.parameters,
    bytes: print.bytes,
    tokenizerHash: print.tokenizerHash,
    license: registration.license ?? parent?.license ?? null,
    report: registration.report ?? null,
    createdAt: Date.now(),
  };
  store.checkpoints.insert(row);
  return row;
}

/** Where a registered checkpoint's files lie. */
export function checkpointFolder(store: Store, checkpoint: { hash: string }): string {
  return join(store.folder, 'checkpoints', checkpoint.hash);
}

/** A folder without plumbline.json is a base model from elsewhere. */
function kindOf(folder: string): CheckpointKind {
  const path = join(folder, 'plumbline.json');
  if (!existsSync(path)) return 'base';
  try {
    return checkpointManifest.parse(JSON.parse(readFileSync(path, 'utf8'))).kind;
  } catch (error) {
    throw new PlainError('damaged', `${path} is not what Plumbline writes beside a checkpoint. Copy the checkpoint again.`, {
      cause: error,
    });
  }
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
