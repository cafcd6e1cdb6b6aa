import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type BackendFinding, type BackendSetting, chooseBackend, type UsableBackend, type Work } from '#shared/backends.ts';
import type { Job } from '#shared/jobs.ts';
import { writeWhole } from '../files.ts';

const pinned = z.object({ backend: z.enum(['wasm', 'webgpu', 'tensorflow']) });

/**
 * The backend of a job. A run that goes on stays where it began, because only there it ends at the same bits: `backend.json` in its folder says where.
 * @throws PlainError `no_space`
 */
export function backendOfJob(job: Job, found: readonly BackendFinding[], setting: BackendSetting): UsableBackend {
  const folder = 'runFolder' in job ? job.runFolder : null;
  const before = folder !== null && 'resume' in job && job.resume ? beganOn(folder) : null;
  if (before !== null) return before;
  const { backend } = chooseBackend(found, setting, workOf(job));
  if (folder !== null) writeWhole(join(folder, 'backend.json'), JSON.stringify({ backend }));
  return backend;
}

function beganOn(folder: string): UsableBackend | null {
  try {
    return pinned.parse(JSON.parse(readFileSync(join(folder, 'backend.json'), 'utf8'))).backend;
  } catch {
    return null; // a run of a version that did not note it
  }
}

export function workOf(job: Job): Work {
  switch (job.kind) {
    case 'sft':
    case 'reward':
    case 'dpo':
      return { kind: 'train', parameters: parametersAbout(job.startCheckpoint) };
    case 'ppo':
    case 'grpo':
      return { kind: 'both', parameters: parametersAbout(job.startCheckpoint) };
    case 'answer':
      return { kind: 'decode', parameters: Math.max(...job.checkpoints.map(parametersAbout)) };
    case 'score':
      return { kind: 'train', parameters: parametersAbout(job.rewardModel) };
  }
}

/** By the size of a checkpoint's weights as float32; half too few where they are bfloat16, which no decision hangs on. A folder that is not there has none. */
function parametersAbout(checkpoint: string): number {
  try {
    const weights = readdirSync(checkpoint).filter((name) => name.endsWith('.safetensors'));
    return weights.reduce((sum, name) => sum + statSync(join(checkpoint, name)).size, 0) / 4;
  } catch {
    return 0; // the engine says so in its own words
  }
}
