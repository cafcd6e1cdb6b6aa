import type { RunSummary } from '#shared/api/runs.ts';
import { runEndings } from '#shared/run-endings.ts';

/** What the host reads of a run. */
export type SeenRun = Pick<RunSummary, 'id' | 'name' | 'state' | 'step' | 'totalSteps'>;

/** That a run has ended, to be said outside of the window. */
export interface RunNews {
  run: string;
  title: string;
  body: string;
}

const goesOn: ReadonlySet<SeenRun['state']> = new Set(['queued', 'running', 'stopping']);

/** Runs that went on when they were last looked at and have ended by themselves since. One that a person stopped is no news to them. */
export function newsOf(before: readonly SeenRun[], after: readonly SeenRun[]): RunNews[] {
  const states = new Map(before.map(({ id, state }) => [id, state]));
  return after.flatMap(({ id, name, state, step, totalSteps }) => {
    const last = states.get(id);
    const words = runEndings[state];
    if (last === undefined || !goesOn.has(last) || words === undefined || state === 'stopped') return [];
    return [{ run: id, title: `${name} ${words}`, body: `Step ${step} of ${totalSteps}.` }];
  });
}

/** What the dock or taskbar shows: a share of the run that trains, 2 before it has a first step (which shows that something goes on), −1 for nothing. */
export function progressOf(runs: readonly SeenRun[]): number {
  const running = runs.find(({ state }) => state === 'running' || state === 'stopping');
  if (!running) return -1;
  return running.step > 0 && running.totalSteps > 0 ? Math.min(1, running.step / running.totalSteps) : 2;
}
