import type { RunDetail, RunEvent, RunsApi } from '#shared/api/runs.ts';
import { PlainError } from '#shared/errors.ts';
import type { RunRow } from '#store/queries/runs.ts';
import type { BackendContext } from '../context.ts';
import { createRun } from './create.ts';
import { runFolder } from './folder.ts';
import { readSamplePromptIds, trainingJob } from './job.ts';
import { createLifecycle, recoverRuns } from './lifecycle.ts';
import { recordedSettings } from './methods.ts';
import { planOf } from './plan.ts';
import { reproduce, stopReproducing } from './reproduce.ts';
import { readSampleTokens } from './sample-tokens.ts';
import { createSweep } from './sweep.ts';
import { detailOf, requireRun, samplesOf, summaryOf } from './views.ts';

/** Training runs: from a plan to a registered checkpoint. The store always knows what state a run is in; the supervisor runs its engine. */
export function createRuns({ store, jobs, onClose }: BackendContext): RunsApi {
  const listeners = new Set<(event: RunEvent) => void>();
  const tell = (event: RunEvent) => {
    for (const listener of listeners) listener(event);
  };
  recoverRuns(store);
  const lifecycle = createLifecycle(store, jobs, tell);
  onClose(lifecycle.close);

  /** Queues a run again, from the state that it saved. */
  function goOn(row: RunRow, more: { lastStep?: number }): void {
    if (lifecycle.live(row.id)) throw new PlainError('conflict', `${row.name} is going on already.`);
    const samplePromptIds = readSamplePromptIds(runFolder(store.folder, row.id));
    const job = trainingJob(store, row, recordedSettings(row), { resume: true, samplePromptIds, ...more });
    store.runs.update(row.id, { state: 'queued', error: null, endedAt: null });
    lifecycle.submit(row, job);
    tell({ kind: 'changed', run: row.id });
  }

  return {
    plan: (input) => planOf(store, input),
    start(input) {
      const { row, job } = createRun(store, input);
      lifecycle.submit(row, job);
      tell({ kind: 'changed', run: row.id });
      return summaryOf(store, requireRun(store, row.id), lifecycle.live(row.id));
    },
    sweep(input) {
      const made = createSweep(store, input);
      for (const { row, job } of made) lifecycle.submit(row, job);
      for (const { row } of made) tell({ kind: 'changed', run: row.id });
      return made.map(({ row }) => summaryOf(store, requireRun(store, row.id), lifecycle.live(row.id)));
    },
    stop: (id) => lifecycle.stop(requireRun(store, id)),
    resume(id) {
      const row = requireRun(store, id);
      if (row.state === 'done') throw new PlainError('conflict', `${row.name} is done; there is nothing to go on with. Start a new run.`);
      goOn(row, {});
    },
    finish(id) {
      const row = requireRun(store, id);
      if (row.state === 'done') throw new PlainError('conflict', `${row.name} is done and has its checkpoint.`);
      if (row.step === 0) throw new PlainError('conflict', `${row.name} has not saved a step yet, so there is nothing to keep. Resume it.`);
      goOn(row, { lastStep: 1 }); // whatever state it saved is past it
    },
    acknowledge(personId, { run, sign }) {
      store.signs.acknowledge(requireRun(store, run).id, sign, personId, Date.now());
      tell({ kind: 'changed', run });
    },
    list: () => store.runs.list().map((row) => summaryOf(store, row, lifecycle.live(row.id))),
    get: (id) => detailOf(store, requireRun(store, id), lifecycle.live(id)),
    metrics: ({ run, afterStep }) => store.metrics.after(requireRun(store, run).id, afterStep),
    sampleTokens: ({ run, step, promptId }) => readSampleTokens(runFolder(store.folder, requireRun(store, run).id), step, promptId),
    samples: (id) => samplesOf(store, requireRun(store, id).id),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reproduce: (id, onProgress) =>
      reproduce(store, jobs, id, (progress) => {
        tell({ kind: 'reproducing', run: id, ...progress });
        onProgress?.(progress);
      }),
    stopReproducing: (id) => void stopReproducing(store, jobs, id),
    async finished(id): Promise<RunDetail> {
      await lifecycle.ended(id);
      return detailOf(store, requireRun(store, id), lifecycle.live(id));
    },
  };
}
