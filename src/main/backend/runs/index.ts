import { resolve, sep } from 'node:path';
import type { Outcome } from '#jobs/outcome.ts';
import type { RunDetail, RunEvent, RunsApi } from '#shared/api/runs.ts';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { Job } from '#shared/jobs.ts';
import { version } from '#shared/version.ts';
import type { RunRow } from '#store/queries/runs.ts';
import { registerCheckpoint } from '../checkpoints/register.ts';
import type { BackendContext } from '../context.ts';
import { chooseCheckpoints } from './choose.ts';
import { hashOfIds, rowsOf } from './data.ts';
import { appendLog, runFolder, writeRunData } from './folder.ts';
import { nextName, readSamplePromptIds, trainingJob } from './job.ts';
import { configure, stepsOf } from './methods.ts';
import { planOf } from './plan.ts';
import { record } from './recorder.ts';
import { detailOf, type Live, requireRun, samplesOf, summaryOf } from './views.ts';

/** Training runs: from a plan to a registered checkpoint. The store always knows what state a run is in; the supervisor runs its engine. */
export function createRuns({ store, jobs, onClose }: BackendContext): RunsApi {
  const listeners = new Set<(event: RunEvent) => void>();
  /** Runs that are queued or going on, with where they stand and the promise of their end. */
  const active = new Map<string, { live: Live; ended: Promise<void> }>();
  let closing = false;

  const tell = (event: RunEvent) => {
    for (const listener of listeners) listener(event);
  };
  const change = (id: string, changes: Parameters<typeof store.runs.update>[1]) => {
    store.runs.update(id, changes);
    tell({ kind: 'changed', run: id });
  };
  const liveOf = (id: string) => active.get(id)?.live;

  // The engine of a run that an earlier backend left behind is gone with it.
  for (const row of store.runs.unfinished()) {
    const began = row.state !== 'queued';
    const sentence = began
      ? `Plumbline ended while ${row.name} was running. Resume goes on from its last saved state.`
      : `Plumbline ended before ${row.name} began. Resume starts it.`;
    store.runs.update(row.id, { state: 'interrupted', error: sentence, endedAt: Date.now() });
  }

  onClose(async () => {
    closing = true;
    const ends = [...active.values()].map((entry) => entry.ended);
    for (const id of active.keys()) jobs.stop(id);
    await Promise.all(ends);
  });

  function submit(row: RunRow, job: Job): void {
    const folder = runFolder(store.folder, row.id);
    const live: Live = { step: row.step, totalSteps: row.totalSteps, secondsLeft: null };
    const entry = { live, ended: Promise.resolve() };
    active.set(row.id, entry);
    entry.ended = jobs
      .submit({
        id: row.id,
        job,
        onStart: () =>
          change(row.id, { state: 'running', startedAt: store.runs.get(row.id)?.startedAt ?? Date.now(), endedAt: null, error: null }),
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
  }

  /** Writes down how a run ended, and takes its result into the project. */
  function conclude(row: RunRow, outcome: Outcome): void {
    const endedAt = Date.now();
    if (outcome.kind === 'done') {
      try {
        const result = keepResult(row, outcome.event);
        change(row.id, {
          state: 'done',
          step: requireRun(store, row.id).totalSteps,
          resultCheckpointId: result,
          report: outcome.event.reward,
          endedAt,
        });
      } catch (error) {
        change(row.id, { state: 'failed', error: sentenceOf(error), endedAt });
      }
    } else if (outcome.kind === 'stopped') {
      const at = outcome.step ?? row.step;
      const closed = closing ? `Plumbline was closed before ${row.name} was done. Resume goes on from step ${at}.` : null;
      change(row.id, { state: closed ? 'interrupted' : 'stopped', step: at, error: closed, endedAt });
    } else change(row.id, { state: outcome.kind, error: outcome.sentence, endedAt });
  }

  function keepResult(row: RunRow, done: Extract<Outcome, { kind: 'done' }>['event']): string {
    const folder = runFolder(store.folder, row.id);
    const result = done.checkpoint === null ? null : resolve(folder, done.checkpoint);
    if (!result?.startsWith(folder + sep)) {
      throw new PlainError(
        'engine',
        `${row.name} finished without leaving a checkpoint in its folder. Resume it; if that happens again, report it.`,
      );
    }
    return store.transaction(() => {
      store.metrics.insert(row.id, requireRun(store, row.id).totalSteps, done.metrics);
      return registerCheckpoint(store, {
        folder: result,
        name: row.name,
        parentId: row.startCheckpointId,
        runId: row.id,
        report: done.reward,
      }).id;
    });
  }

  return {
    plan: (input) => planOf(store, input),

    start(input) {
      const run = configure(input.method, input.config);
      const { checkpoint, rewardModel } = chooseCheckpoints(store, input);
      const rows = rowsOf(store, run, input);
      const id = newId('run');
      const dataHash = hashOfIds(rows.ids);
      const versions = { plumbline: version, node: process.versions.node };
      writeRunData(runFolder(store.folder, id), rows, {
        method: run.method,
        config: run.config,
        startCheckpoint: checkpoint.hash,
        rewardModel: rewardModel?.hash ?? null,
        samplePromptIds: rows.samplePromptIds,
        versions,
        dataHash,
      });
      store.runs.insert({
        id,
        name: nextName(store, input.method),
        method: run.method,
        config: run.config,
        seed: run.config.seed,
        startCheckpointId: checkpoint.id,
        rewardModelId: rewardModel?.id ?? null,
        data: { train: rows.train.length, heldOut: rows.heldOut.length, judgmentsBy: rows.kinds },
        dataHash,
        simulated: rows.kinds.some((kind) => kind !== 'person'),
        versions,
        totalSteps: stepsOf(run, rows.train.length),
        createdAt: Date.now(),
      });
      const row = requireRun(store, id);
      submit(row, trainingJob(store, row, run, { resume: false, samplePromptIds: rows.samplePromptIds }));
      tell({ kind: 'changed', run: id });
      return summaryOf(store, requireRun(store, id), liveOf(id));
    },

    stop(id) {
      const row = requireRun(store, id);
      if (!active.has(id)) return;
      if (row.state === 'running') change(id, { state: 'stopping' });
      jobs.stop(id);
    },

    resume(id) {
      const row = requireRun(store, id);
      if (active.has(id)) throw new PlainError('conflict', `${row.name} is going on already.`);
      if (row.state === 'done') throw new PlainError('conflict', `${row.name} is done; there is nothing to go on with. Start a new run.`);
      const run = configure(row.method, row.config);
      store.runs.update(id, { state: 'queued', error: null, endedAt: null });
      submit(row, trainingJob(store, row, run, { resume: true, samplePromptIds: readSamplePromptIds(runFolder(store.folder, id)) }));
      tell({ kind: 'changed', run: id });
    },

    list: () => store.runs.list().map((row) => summaryOf(store, row, liveOf(row.id))),
    get: (id) => detailOf(store, requireRun(store, id), liveOf(id)),
    metrics: ({ run, afterStep }) => store.metrics.after(requireRun(store, run).id, afterStep),
    samples: (id) => samplesOf(store, requireRun(store, id).id),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async finished(id): Promise<RunDetail> {
      await active.get(id)?.ended;
      return detailOf(store, requireRun(store, id), undefined);
    },
  };
}
