import type { z } from 'zod';
import type { startRun } from '#shared/api/runs.ts';
import { isOnline } from '#shared/domain.ts';
import { newId } from '#shared/ids.ts';
import type { Job } from '#shared/jobs.ts';
import { version } from '#shared/version.ts';
import type { RunRow } from '#store/queries/runs.ts';
import type { Store } from '#store/store.ts';
import { chooseRewardModel, chooseStart } from './choose.ts';
import { configureFor } from './configure.ts';
import { hashOfIds, rowsOf } from './data.ts';
import { runFolder, writeRunData } from './folder.ts';
import { nextName, trainingJob } from './job.ts';
import { stepsOf } from './methods.ts';
import { requireRun } from './views.ts';

/**
 * Makes a run: settings checked, checkpoints chosen, its data written, its row inserted as `queued`. Nothing is left behind when it is refused.
 * @throws PlainError bad_input, not_found, no_space
 */
export function createRun(store: Store, input: z.output<typeof startRun>): { row: RunRow; job: Job } {
  const checkpoint = chooseStart(store, input);
  const run = configureFor(store, input.method, checkpoint, input.config);
  const rewardModel = chooseRewardModel(store, input, checkpoint, run);
  const rows = rowsOf(store, run, input);
  // What a reward model was taught by is what it teaches the policy.
  const behind = rewardModel ? judgedBy(store, rewardModel.runId) : [];
  const upstream = [...rows.kinds, ...behind, ...judgedBy(store, checkpoint.runId)];
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
    data: { train: rows.train.length, heldOut: rows.heldOut.length, judgmentsBy: isOnline(run.method) ? behind : rows.kinds },
    dataHash,
    simulated: upstream.some((kind) => kind !== 'person'),
    versions,
    totalSteps: stepsOf(run, rows.train.length),
    createdAt: Date.now(),
  });
  const row = requireRun(store, id);
  return { row, job: trainingJob(store, row, run, { resume: false, samplePromptIds: rows.samplePromptIds }) };
}

/** The kinds of people whose judgments made a checkpoint; none for one that no run made. */
function judgedBy(store: Store, runId: string | null): RunRow['data']['judgmentsBy'] {
  return (runId === null ? undefined : store.runs.get(runId))?.data.judgmentsBy ?? [];
}
