import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';
import type { importModel, ModelPlace } from '#shared/api/models.ts';
import { newId } from '#shared/ids.ts';
import type { Store } from '#store/store.ts';
import { fingerprintSlowly } from '../checkpoints/fingerprint.ts';
import { manifestOf } from '../checkpoints/manifest.ts';
import { registerCheckpoint } from '../checkpoints/register.ts';
import type { BackendContext } from '../context.ts';
import { downloadModel } from './hub.ts';
import { localPath } from './places.ts';
import type { TransferWork } from './transfers.ts';

type Places = Pick<BackendContext, 'store' | 'uploadsFolder' | 'dataFolder' | 'hubToken'>;
type Input = z.output<typeof importModel>;

/** What the folders of unfinished imports in `runs/` begin with. */
const prefix = 'import_';

/**
 * Converts a model into a checkpoint of the project and registers it. Nothing stays of one that ends early.
 * @throws PlainError
 */
export async function importInto(places: Places, input: Input, { engine, show, signal }: TransferWork) {
  const { store, uploadsFolder, dataFolder, hubToken } = places;
  const { place } = input;
  const download = place.kind === 'hub' ? downloadFolder(dataFolder, place) : null;
  const source =
    place.kind === 'hub' ? await fetched(place, download!, await hubToken(), { show, signal }) : localPath(place, uploadsFolder);
  const folder = join(store.folder, 'runs', newId('import'));
  try {
    mkdirSync(folder, { recursive: true });
    const outFolder = join(folder, 'checkpoint');
    show({ words: 'Converting' });
    await engine({ kind: 'import', source, outFolder, checkpointKind: input.kind, name: place.kind === 'hub' ? place.repository : null });
    show({ words: 'Taking in' });
    const { origin } = manifestOf(outFolder);
    const name = shortName(
      input.name ??
        ((place.kind === 'path' && origin?.format === 'gguf') || (place.kind === 'hub' && place.file !== undefined)
          ? basename(source).replace(/\.gguf$/i, '')
          : (origin?.name ?? 'model')),
    );
    const print = await fingerprintSlowly(outFolder);
    const row = registerCheckpoint(store, { folder: outFolder, name, license: origin?.license ?? null, print });
    if (place.kind === 'upload') rmSync(dirname(source), { recursive: true, force: true });
    if (download) rmSync(download, { recursive: true, force: true });
    return { checkpoint: { id: row.id, name: row.name }, path: null };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Hub = Extract<ModelPlace, { kind: 'hub' }>;

/** Where a repository's files wait to be converted. They stay when an import ends early, so that the next one goes on where it ended. */
function downloadFolder(dataFolder: string, { repository, revision, file }: Hub): string {
  const key = createHash('sha256')
    .update(`${repository}\n${revision}${file === undefined ? '' : `\n${file}`}`)
    .digest('hex')
    .slice(0, 16);
  return join(dataFolder, 'hub', key);
}

async function fetched(
  { repository, revision, file }: Hub,
  folder: string,
  token: string | undefined,
  { show, signal }: Pick<TransferWork, 'show' | 'signal'>,
): Promise<string> {
  show({ words: 'Downloading' });
  const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
  return downloadModel({
    ...{ repository, revision, file: file ?? null, token, folder, signal },
    onProgress: (done, total) => show({ done: mebibytes(done), total: mebibytes(total) }),
  });
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
