import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type BackendFinding, type BackendPlace, type BackendSetting, chooseBackend, usableBackend, type Work } from '#shared/backends.ts';
import type { Job } from '#shared/jobs.ts';
import { manifestOf } from '../checkpoints/manifest.ts';
import { writeWhole } from '../files.ts';

/** `backend.json` of a run's folder; before there were writers it had none. */
const pinned = z.object({ backend: usableBackend, writer: usableBackend.nullable().default(null) });

/**
 * The backend of a job, and what writes its answers. A run that goes on stays where it began, because only there it ends at the same bits: `backend.json` in its folder says where.
 * @throws PlainError `no_space`
 */
export function placeOfJob(job: Job, found: readonly BackendFinding[], setting: BackendSetting): BackendPlace {
  const folder = 'runFolder' in job ? job.runFolder : null;
  const before = folder !== null && 'resume' in job && job.resume ? beganOn(folder) : null;
  if (before !== null) return before;
  const { backend, writer } = chooseBackend(found, setting, workOf(job));
  if (folder !== null) writeWhole(join(folder, 'backend.json'), JSON.stringify({ backend, writer }));
  return { backend, writer };
}

function beganOn(folder: string): BackendPlace | null {
  try {
    return pinned.parse(JSON.parse(readFileSync(join(folder, 'backend.json'), 'utf8')));
  } catch {
    return null; // a run of a version that did not note it
  }
}

export function workOf(job: Job): Work {
  const size = (checkpoint: string) => parametersAbout(checkpoint, 'bases' in job ? (job.bases ?? {}) : {});
  switch (job.kind) {
    case 'sft':
    case 'reward':
      return { kind: 'train', parameters: size(job.startCheckpoint), adapter: job.config.adapter !== null };
    case 'ppo':
    case 'grpo':
    case 'dpo':
      return { kind: 'both', parameters: size(job.startCheckpoint), adapter: job.config.adapter !== null };
    case 'answer':
      return { kind: 'decode', parameters: Math.max(...job.checkpoints.map(size)) };
    case 'score':
      return { kind: 'train', parameters: size(job.rewardModel) };
    case 'slices':
      return { kind: 'train', parameters: size(job.startCheckpoint) };
    case 'ask':
    case 'logprobs':
      return { kind: 'decode', parameters: size(job.model) };
    case 'inspect':
    case 'import':
    case 'export':
      return { kind: 'decode', parameters: 0 }; // nothing is computed
  }
}

/**
 * By the size of a checkpoint's weights as float32, those that an adapter rests on among them; half too few where they are bfloat16, which no decision hangs on. A
 * folder that is not there has none.
 */
function parametersAbout(checkpoint: string, bases: Readonly<Record<string, string>>): number {
  try {
    const weights = readdirSync(checkpoint).filter((name) => name.endsWith('.safetensors'));
    const own = weights.reduce((sum, name) => sum + statSync(join(checkpoint, name)).size, 0) / 4;
    const { base } = manifestOf(checkpoint);
    const whole = base && bases[base.hash];
    return own + (whole === undefined ? 0 : parametersAbout(whole, {}));
  } catch {
    return 0; // the engine says so in its own words
  }
}
