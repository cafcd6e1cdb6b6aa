import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Removal } from '#shared/api/models.ts';
import { PlainError } from '#shared/errors.ts';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { Store } from '#store/store.ts';
import { checkpointFolder } from '../checkpoints/register.ts';
import { requireCheckpoint } from '../checkpoints/views.ts';

/** What deleting a checkpoint's files frees, and what it ends; a refusal where something still computes with it. */
export function removalOf(store: Store, id: string): Removal {
  const checkpoint = requireCheckpoint(store, id);
  const runs = store.runs.list().filter((run) => run.startCheckpointId === id || run.rewardModelId === id);
  const adapters = store.checkpoints.adaptersOf(id);
  const children = store.checkpoints.list().filter((row) => row.parentId === id);
  const reports = store.reports.list().filter(({ config }) => JSON.stringify(config).includes(JSON.stringify(id)));
  const going = [...runs, ...reports].find(({ state }) => state === 'queued' || state === 'running' || state === 'stopping');
  const consequences = [
    ...runs.filter(({ state }) => state === 'stopped' || state === 'interrupted').map(({ name }) => `${name} cannot be resumed.`),
    ...named(
      runs.filter(({ state }) => state === 'done'),
      (names) => `${names} cannot be reproduced.`,
    ),
    ...named(
      children,
      (names) =>
        `${names} ${children.length === 1 ? 'stays' : 'stay'}, without the start that ${children.length === 1 ? 'it' : 'they'} could be compared with.`,
    ),
    ...named(reports, (names) => `${names} ${reports.length === 1 ? 'keeps its' : 'keep their'} answers, and no new ones can be made.`),
  ];
  return { bytes: checkpoint.bytes, refusal: refusalOf(checkpoint, adapters, going), consequences };
}

function refusalOf({ name }: CheckpointRow, adapters: readonly CheckpointRow[], going: { name: string } | undefined): string | null {
  if (going) return `${going.name} is at work with ${name}. Wait for it, or stop it first.`;
  if (adapters.length === 0) return null;
  const names = listed(adapters.map((adapter) => adapter.name));
  return `${names} ${adapters.length === 1 ? 'is an adapter' : 'are adapters'} of ${name} and cannot do without it. Delete ${adapters.length === 1 ? 'it' : 'them'} first, or export ${adapters.length === 1 ? 'it' : 'them'} merged.`;
}

/**
 * Deletes a checkpoint's files; its row stays, since runs and answers name it.
 * @throws PlainError conflict
 */
export function removeCheckpoint(store: Store, id: string): void {
  const { refusal } = removalOf(store, id);
  if (refusal !== null) throw new PlainError('conflict', refusal);
  const checkpoint = requireCheckpoint(store, id);
  store.checkpoints.setRemoved(id, Date.now());
  removeFolder(checkpointFolder(store, checkpoint));
}

/** Removes folders of checkpoints that were deleted when the backend died in the middle. */
export function forgetRemoved(store: Store): void {
  const folder = join(store.folder, 'checkpoints');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const row = store.checkpoints.byHash(name.replace(/\.removed$/, ''));
    if (row && row.removedAt !== null) removeFolder(join(folder, name));
  }
}

/** It is gone under its name at once, however long its files take. */
function removeFolder(folder: string): void {
  if (!existsSync(folder)) return;
  const aside = folder.endsWith('.removed') ? folder : `${folder}.removed`;
  if (aside !== folder) renameSync(folder, aside);
  rmSync(aside, { recursive: true, force: true });
}

function named(rows: readonly { name: string }[], words: (names: string) => string): string[] {
  return rows.length === 0 ? [] : [words(listed(rows.map(({ name }) => name)))];
}

/** `a, b and c`; of many, the first few and how many more. */
function listed(names: readonly string[]): string {
  const shown = names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} more`] : names;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
