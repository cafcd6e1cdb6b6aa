import type { MetricName } from '#shared/metrics.ts';
import type { RunRow } from '#store/queries/runs.ts';
import type { Store } from '#store/store.ts';
import { headlines } from './methods.ts';

type Measured = Pick<RunRow, 'id' | 'state'>;

/** The step whose policy became the checkpoint of a run, where the best on held-out prompts is kept; null where it is the last one. */
export function keptStepOf(store: Store, run: string): number | null {
  return store.metrics.newest(run, 'held_out/kept_step') ?? null;
}

/** A metric of what a run made: as measured at the step that was kept, which may be an earlier one. While it goes on, and where that step was not measured, the newest. */
export function measuredOf(store: Store, { id, state }: Measured, metric: MetricName): number | undefined {
  const goesOn = state === 'queued' || state === 'running' || state === 'stopping';
  const kept = goesOn ? null : keptStepOf(store, id);
  return (kept === null ? undefined : store.metrics.at(id, kept, metric)) ?? store.metrics.newest(id, metric);
}

/** The one number that tells how a run went; null where nothing was measured yet. */
export function headlineOf(store: Store, run: Measured & Pick<RunRow, 'method'>): { metric: MetricName; value: number } | null {
  for (const metric of headlines[run.method]) {
    const value = measuredOf(store, run, metric);
    if (value !== undefined) return { metric, value };
  }
  return null;
}
