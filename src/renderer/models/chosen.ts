import type { CheckpointView } from '#shared/api/compare.ts';

/** The checkpoint that is shown: the one of the address, else the newest policy, else the newest. `gone`: what to say when the address names one that is not there. */
export function chosenOf<Checkpoint extends Pick<CheckpointView, 'id' | 'name' | 'kind'>>(
  newestFirst: readonly [Checkpoint, ...Checkpoint[]],
  asked: string | null,
): { chosen: Checkpoint; gone: string | null } {
  const named = newestFirst.find(({ id }) => id === asked);
  const chosen = named ?? newestFirst.find(({ kind }) => kind === 'policy') ?? newestFirst[0];
  const gone =
    asked !== null && !named ? `This project has no checkpoint ${asked}; it may have been deleted. ${chosen.name} is shown.` : null;
  return { chosen, gone };
}
