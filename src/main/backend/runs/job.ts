import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Method } from '#shared/domain.ts';
import type { Job } from '#shared/jobs.ts';
import type { RunRow } from '#store/queries/runs.ts';
import type { Store } from '#store/store.ts';
import { basesOf } from '../checkpoints/bases.ts';
import { checkpointFolder } from '../checkpoints/register.ts';
import { requireCheckpoint } from '../checkpoints/views.ts';
import { runFolder } from './folder.ts';
import type { Configured } from './methods.ts';

/** What the engine is told to do for a run. */
export function trainingJob(
  store: Store,
  row: RunRow,
  run: Configured,
  more: { resume: boolean; lastStep?: number; samplePromptIds: string[] },
): Job {
  const start = requireCheckpoint(store, row.startCheckpointId);
  const rewardModel = row.rewardModelId === null ? null : requireCheckpoint(store, row.rewardModelId);
  const base = {
    runFolder: runFolder(store.folder, row.id),
    startCheckpoint: checkpointFolder(store, start),
    resume: more.resume,
    ...(more.lastStep !== undefined && { lastStep: more.lastStep }),
    bases: basesOf(store, [start, rewardModel]),
  };
  switch (run.method) {
    case 'sft':
      return { kind: 'sft', ...base, config: run.config };
    case 'reward':
      return { kind: 'reward', ...base, config: run.config };
    case 'dpo':
      return { kind: 'dpo', ...base, config: run.config, samplePromptIds: more.samplePromptIds };
    case 'ppo':
    case 'grpo': {
      const judged = { ...base, rewardModel: rewardModel && checkpointFolder(store, rewardModel), samplePromptIds: more.samplePromptIds };
      return run.method === 'ppo' ? { kind: 'ppo', ...judged, config: run.config } : { kind: 'grpo', ...judged, config: run.config };
    }
  }
}

const manifest = z.looseObject({ samplePromptIds: z.array(z.string()) });

/** The prompts that a run answers again and again, as it was started. */
export function readSamplePromptIds(folder: string): string[] {
  return manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))).samplePromptIds;
}

/** `ppo-7`: the method and a number that no run had. */
export function nextName(store: Store, method: Method): string {
  let number = store.runs.countOf(method) + 1;
  while (store.runs.named(`${method}-${number}`)) number++;
  return `${method}-${number}`;
}
