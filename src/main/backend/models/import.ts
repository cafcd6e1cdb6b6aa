import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';
import type { importModel } from '#shared/api/models.ts';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { Store } from '#store/store.ts';
import { manifestOf } from '../checkpoints/manifest.ts';
import { registerCheckpoint } from '../checkpoints/register.ts';
import { localPath } from './places.ts';
import type { TransferWork } from './transfers.ts';

type Input = z.output<typeof importModel>;

/** What the folders of unfinished imports in `runs/` begin with. */
const prefix = 'import_';

/**
 * Converts a model into a checkpoint of the project and registers it. Nothing stays of one that ends early.
 * @throws PlainError
 */
export async function importInto(store: Store, uploadsFolder: string, input: Input, { engine, show }: TransferWork) {
  const { place } = input;
  if (place.kind === 'hub') throw new PlainError('bad_input', `Download ${place.repository} to a folder first, then import that folder.`);
  const source = localPath(place, uploadsFolder);
  const folder = join(store.folder, 'runs', newId('import'));
  try {
    mkdirSync(folder, { recursive: true });
    const outFolder = join(folder, 'checkpoint');
    show({ words: 'Converting' });
    await engine({ kind: 'import', source, outFolder, checkpointKind: input.kind });
    show({ words: 'Taking in' });
    const { origin } = manifestOf(outFolder);
    const name = shortName(
      input.name ??
        (place.kind === 'path' && origin?.format === 'gguf' ? basename(source).replace(/\.gguf$/i, '') : (origin?.name ?? 'model')),
    );
    const row = registerCheckpoint(store, { folder: outFolder, name, license: origin?.license ?? null });
    if (place.kind === 'upload') rmSync(dirname(source), { recursive: true, force: true });
    return { checkpoint: { id: row.id, name: row.name }, path: null };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes what a backend that died in the middle of an import left. */
export function forgetUnfinishedImports(store: Store): void {
  const runs = join(store.folder, 'runs');
  try {
    for (const name of readdirSync(runs)) if (name.startsWith(prefix)) rmSync(join(runs, name), { recursive: true, force: true });
  } catch {
    return; // a project without a run has no such folder
  }
}

/** As checkpoints are called: one line, no longer than fits. */
function shortName(name: string): string {
  return name.replaceAll(/\s+/g, ' ').trim().slice(0, 80) || 'model';
}
