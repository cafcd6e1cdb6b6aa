import type { z } from 'zod';
import { startRun, type sweepRuns } from '#shared/api/runs.ts';
import type { Job } from '#shared/jobs.ts';
import type { RunRow } from '#store/queries/runs.ts';
import type { Store } from '#store/store.ts';
import { chooseStart } from './choose.ts';
import { configureFor } from './configure.ts';
import { createRun } from './create.ts';

/**
 * One run for each value of one setting, all else the same: to be submitted in this order. Every value is checked before the first run is made.
 * @throws PlainError bad_input naming a value that cannot be used, and whatever a single run may throw
 */
export function createSweep(store: Store, { setting, values, ...one }: z.output<typeof sweepRuns>): { row: RunRow; job: Job }[] {
  const inputs = values.map((value) => startRun.parse({ ...one, config: { ...one.config, [setting]: value } }));
  for (const input of inputs) configureFor(store, input.method, chooseStart(store, input), input.config);
  return inputs.map((input) => createRun(store, input));
}
