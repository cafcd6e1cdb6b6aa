import { resolve, sep } from 'node:path';
import type { Outcome } from '#jobs/outcome.ts';
import type { Supervisor } from '#jobs/supervisor.ts';
import type { RunEvent } from '#shared/api/runs.ts';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import type { Job } from '#shared/jobs.ts';
import type { RunChange, RunRow } from '#store/queries/runs.ts';
import type { Store } from '#store/store.ts';
import { registerCheckpoint } from '../checkpoints/register.ts';
import { appendLog, runFolder } from './folder.ts';
import { record } from './recorder.ts';
import { type Live, requireRun } from './views.ts';

export interface Lifecycle {
  /** Queues a run's engine; from then on the row follows it. */
  submit(row: RunRow, job: Job): void;
  stop(row: RunRow): void;
  /** Where a run stands that is queued or going on; undefined for every other. */
  live(run: string): Live | undefined;
  /** Resolves once the run is no longer queued or going on, with its end stored. */
  ended(run: string): Promise<void>;
  /** Stops every run and waits until each is stored as one to resume. */
  close(): Promise<void>;
}

/** Runs from the queue to their end: the row is always as the engine is. */
export function createLifecycle(store: Store, jobs: Supervisor, tell: (event: RunEvent) => void): Lifecycle {
  const active = new Map<string, { live: Live; ended: Promise<void> }>();
  let closing = false;

  const change = (id: string, changes: RunChange) => {
    store.runs.update(id, changes);
    tell({ kind: 'changed', run: id });
  };

  /** Writes down how a run ended, and takes its result into the project. */
  function conclude(row: RunRow, outcome: Outcome): void {
    const endedAt = Date.now();
    switch (outcome.kind) {
      case 'done':
        try {
          const { step, totalSteps } = requireRun(store, row.id);
          const lastStep = step || totalSteps; // a run may end before its last step, by a limit that was set
          const resultCheckpointId = keepResult(store, row, lastStep, outcome.event);
          change(row.id, { state: 'done', step: lastStep, resultCheckpointId, report: outcome.event.reward, endedAt });
        } catch (error) {
          change(row.id, { state: 'failed', error: sentenceOf(error), endedAt });
        }
        break;
      case 'stopped': {
        const step = outcome.step ?? requireRun(store, row.id).step;
        const error = closing ? `Plumbline was closed before ${row.name} was done. Resume goes on from step ${step}.` : null;
        change(row.id, { state: closing ? 'interrupted' : 'stopped', step, error, endedAt });
        break;
      }
      case 'failed':
      case 'interrupted':
        change(row.id, { state: outcome.kind, error: outcome.sentence, endedAt });
    }
  }

  return {
    submit(row, job) {
      const folder = runFolder(store.folder, row.id);
      const entry = { live: { step: row.step, totalSteps: row.totalSteps, secondsLeft: null } as Live, ended: Promise.resolve() };
      active.set(row.id, entry);
      entry.ended = jobs
        .submit({
          id: row.id,
          job,
          onStart: () => {
            const startedAt = requireRun(store, row.id).startedAt ?? Date.now();
            change(row.id, { state: 'running', startedAt, endedAt: null, error: null });
          },
          onEvent: (event) => {
            entry.live = record(store, row.id, event, entry.live, tell);
          },
          onLog: (line) => appendLog(folder, line),
        })
        .then((outcome) => {
          active.delete(row.id);
          conclude(row, outcome);
        })
        // Only a store that cannot write gets here (a full disk); the run then reads as interrupted, since nothing runs it.
        .catch((error) => appendLog(folder, `How the run ended could not be stored: ${sentenceOf(error)}`));
    },
    stop(row) {
      if (!active.has(row.id)) return;
      if (row.state === 'running') change(row.id, { state: 'stopping' });
      jobs.stop(row.id);
    },
    live: (run) => active.get(run)?.live,
    ended: async (run) => active.get(run)?.ended,
    async close() {
      closing = true;
      const ends = [...active.values()].map((entry) => entry.ended);
      for (const id of active.keys()) jobs.stop(id);
      await Promise.all(ends);
    },
  };
}

/** Registers what a run made, with its last metrics, and returns the checkpoint's id. @throws PlainError engine, damaged, no_space */
function keepResult(store: Store, row: RunRow, lastStep: number, done: Extract<Outcome, { kind: 'done' }>['event']): string {
  const folder = runFolder(store.folder, row.id);
  const result = done.checkpoint === null ? null : resolve(folder, done.checkpoint);
  if (!result?.startsWith(folder + sep)) {
    throw new PlainError(
      'engine',
      `${row.name} finished without leaving a checkpoint in its folder. Resume it; if that happens again, report it.`,
    );
  }
  return store.transaction(() => {
    store.metrics.insert(row.id, lastStep, done.metrics);
    return registerCheckpoint(store, {
      folder: result,
      name: row.name,
      parentId: row.startCheckpointId,
      runId: row.id,
      report: done.reward,
    }).id;
  });
}

/** The engine of a run that an earlier backend left behind is gone with it: such runs can be resumed. */
export function recoverRuns(store: Store): void {
  for (const row of store.runs.unfinished()) {
    const error =
      row.state === 'queued'
        ? `Plumbline ended before ${row.name} began. Resume starts it.`
        : `Plumbline ended while ${row.name} was running. Resume goes on from its last saved state.`;
    store.runs.update(row.id, { state: 'interrupted', error, endedAt: Date.now() });
  }
}
