import type { RunDetail, RunSample, RunSummary } from '#shared/api/runs.ts';
import { PlainError } from '#shared/errors.ts';
import type { RunRow } from '#store/queries/runs.ts';
import type { Store } from '#store/store.ts';
import { checkpointName } from '../checkpoints/views.ts';
import { textOf } from '../messages.ts';
import { defaultsFor } from './configure.ts';
import { readLog, runFolder } from './folder.ts';
import { headlineOf, keptStepOf } from './measured.ts';
import { configure } from './methods.ts';

/** Where a run that goes on now stands; the store has it only as of the last metrics. */
export interface Live {
  step: number;
  totalSteps: number;
  secondsLeft: number | null;
}

/** @throws PlainError not_found */
export function requireRun(store: Store, id: string): RunRow {
  const row = store.runs.get(id);
  if (!row) throw new PlainError('not_found', 'This project has no such run. Choose one from the Train screen.');
  return row;
}

/** A run in one of these states without an engine or a place in the queue has lost it. */
const goesOn: ReadonlySet<RunRow['state']> = new Set(['queued', 'running', 'stopping']);

export function summaryOf(store: Store, row: RunRow, live: Live | undefined): RunSummary {
  return {
    id: row.id,
    name: row.name,
    method: row.method,
    state: live === undefined && goesOn.has(row.state) ? 'interrupted' : row.state,
    step: live?.step ?? row.step,
    totalSteps: live?.totalSteps ?? row.totalSteps,
    secondsLeft: live?.secondsLeft ?? null,
    startedAt: row.startedAt ?? row.createdAt,
    endedAt: row.endedAt,
    headline: headlineOf(store, row),
    simulated: row.simulated,
  };
}

export function detailOf(store: Store, row: RunRow, live: Live | undefined): RunDetail {
  return {
    ...summaryOf(store, row, live),
    config: row.config,
    defaults: defaultsOf(store, row),
    seed: row.seed,
    backend: row.backend,
    // The row's foreign key holds it: a checkpoint that something depends on is never deleted.
    startCheckpoint: checkpointName(store, row.startCheckpointId) ?? { id: row.startCheckpointId, name: row.startCheckpointId },
    rewardModel: checkpointName(store, row.rewardModelId),
    result: checkpointName(store, row.resultCheckpointId),
    keptStep: keptStepOf(store, row.id),
    data: { ...row.data, hash: row.dataHash },
    report: row.report,
    error: row.error,
    signs: store.signs.ofRun(row.id),
    log: readLog(runFolder(store.folder, row.id)),
  };
}

/** The settings that the run would have had by itself; the method's own where the model that it started from cannot be read any more. */
function defaultsOf(store: Store, { method, startCheckpointId, config }: RunRow): Record<string, unknown> {
  const start = store.checkpoints.get(startCheckpointId);
  try {
    return { ...(start ? defaultsFor(store, method, start, config) : configure(method, {})).config };
  } catch {
    return { ...configure(method, {}).config };
  }
}

export function samplesOf(store: Store, run: string): RunSample[] {
  return store.samples.ofRun(run).map(({ runId: _, promptMessages, perTokenFile, ...sample }) => ({
    ...sample,
    perToken: perTokenFile !== undefined,
    prompt: textOf(JSON.parse(promptMessages)),
  }));
}
