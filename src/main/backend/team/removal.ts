import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RemovalEffect, RemovalInput, Removed, TeamApi } from '#shared/api/team.ts';
import { PlainError } from '#shared/errors.ts';
import type { RunRow } from '#store/queries/runs.ts';
import type { Store } from '#store/store.ts';
import { textOf } from '../messages.ts';
import { runFolder } from '../runs/folder.ts';

type Removals = Pick<TeamApi, 'removalEffect' | 'remove' | 'restore' | 'removed'>;

/** Taking a person's, a pair's or a guideline version's judgments out of everything, and back. Rows stay where they are; the runs that learned from them too. */
export function createRemovals(store: Store, changed: () => void): Removals {
  /** @throws PlainError not_found */
  function nameOf({ kind, id }: RemovalInput): string {
    if (kind === 'person') {
      const person = store.people.get(id);
      if (person) return person.name;
    } else if (kind === 'guideline') {
      const version = Number(id);
      if (Number.isInteger(version) && version >= 1 && version <= (store.guidelines.current()?.version ?? 0)) return `guideline ${version}`;
    } else {
      const comparison = store.comparisons.get(id);
      const prompt = comparison && store.prompts.get(comparison.promptId);
      if (prompt) return `the pair “${clipped(textOf(prompt.messages))}”`;
    }
    throw new PlainError('not_found', 'That is no longer in this project. Reload the page and choose again.');
  }

  return {
    removalEffect(input): RemovalEffect {
      const what = nameOf(input);
      const ids = new Set(store.removals.judgmentIds(input.kind, input.id));
      return { what, judgments: ids.size, checkpoints: touched(store, ids) };
    },
    remove(by, input) {
      nameOf(input);
      if (input.kind === 'person') store.people.enable(input.id, false);
      else if (input.kind === 'guideline') store.removals.removeGuideline(Number(input.id), by, Date.now());
      else store.removals.removeComparison(input.id, by, Date.now());
      changed();
    },
    restore(input) {
      nameOf(input);
      if (input.kind === 'person') store.people.enable(input.id, true);
      else if (input.kind === 'guideline') store.removals.restoreGuideline(Number(input.id));
      else store.removals.restoreComparison(input.id);
      changed();
    },
    removed: (): Removed[] => [
      ...store.people
        .all()
        .filter(({ enabled, kind }) => enabled === 0 && kind === 'person') // the demo's simulated set has a switch of its own
        .map(({ id, name }): Removed => ({ kind: 'person', id, name, at: null })),
      ...store.removals.all().map(({ kind, id, removedAt }): Removed => ({ kind, id, name: nameOf({ kind, id }), at: removedAt })),
    ],
  };
}

const clipped = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** Checkpoints whose runs learned from any of these judgments, and those that stand on them: trained from them, or aligned with their rewards. */
function touched(store: Store, ids: ReadonlySet<string>): RemovalEffect['checkpoints'] {
  const found = new Map<string, number>();
  for (const run of store.runs.list().toReversed()) {
    if (run.resultCheckpointId === null) continue;
    const own = trainedOn(store, run).filter((id) => ids.has(id)).length;
    const inherited = [run.startCheckpointId, run.rewardModelId].some((id) => id !== null && found.has(id));
    if (own > 0 || inherited) found.set(run.resultCheckpointId, own);
  }
  return [...found].flatMap(([id, judgments]) => {
    const checkpoint = store.checkpoints.get(id);
    return checkpoint ? [{ id, name: checkpoint.name, judgments }] : [];
  });
}

/** Ids of what a run was trained on, as its folder says; none where that is gone. */
function trainedOn(store: Store, run: RunRow): string[] {
  const path = join(runFolder(store.folder, run.id), 'manifest.json');
  if (!existsSync(path)) return [];
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { train?: string[] };
  return manifest.train ?? [];
}
