import type { CheckpointView } from '#shared/api/compare.ts';
import { PlainError } from '#shared/errors.ts';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { Store } from '#store/store.ts';

/** All checkpoints, oldest first, each with its parent: the lineage. */
export function checkpointViews(store: Store): CheckpointView[] {
  return store.checkpoints.list().map((row) => ({
    id: row.id,
    name: row.name,
    kind: row.kind,
    parent: row.parentId,
    run: nameOfRun(store, row.runId),
    parameters: row.parameters,
    bytes: row.bytes,
    createdAt: row.createdAt,
    accuracy: row.report?.accuracy ?? null,
    hash: row.hash,
    adapterOf: row.adapter ? row.baseId : null,
  }));
}

function nameOfRun(store: Store, id: string | null): { id: string; name: string } | null {
  const run = id === null ? undefined : store.runs.get(id);
  return run ? { id: run.id, name: run.name } : null;
}

/** Id and name of a checkpoint, for views of what points to it. */
export function checkpointName(store: Store, id: string | null): { id: string; name: string } | null {
  const row = id === null ? undefined : store.checkpoints.get(id);
  return row ? { id: row.id, name: row.name } : null;
}

/** @throws PlainError not_found */
export function requireCheckpoint(store: Store, id: string): CheckpointRow {
  const row = store.checkpoints.get(id);
  if (!row) throw new PlainError('not_found', 'This project has no such checkpoint. Choose one from the Models screen.');
  if (row.removedAt !== null) throw new PlainError('not_found', `The files of ${row.name} were deleted. Choose another checkpoint.`);
  return row;
}
