import { existsSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import { checkpointManifest, type Job } from '#shared/jobs.ts';
import { type MemoryInput, type ModelShape, refusalFor } from '#shared/training/memory.ts';
import { needsRewardModel } from '#shared/training/rewards.ts';
import type { Backend } from '../backends/backend.ts';
import { decoderConfigFrom } from '../nn/config.ts';

/** Characters of a token, rather too many: a run that might fit is not refused. */
const charactersAToken = 5;
/** Rows that sampling/generate.ts answers at once. */
const decodingRows = 64;

/**
 * Refuses a training run that cannot fit, before it has loaded anything: in what its backend can hold, if that is less than the machine's memory.
 * A folder that cannot be read is left to whoever loads it.
 * @throws PlainError `no_space` with the numbers and what would fit.
 */
export function requireRoom(job: Job, backend: Pick<Backend, 'capacityBytes' | 'writer'> = {}): void {
  if (!('runFolder' in job)) return;
  const input = memoryInputOf(job, backend.writer !== undefined);
  const capacity = backend.capacityBytes ?? Number.POSITIVE_INFINITY;
  const sentence = input && refusalFor(input, Math.min(capacity, totalmem()), capacity < totalmem() ? 'WebAssembly' : 'this machine');
  if (sentence) throw new PlainError('no_space', sentence);
}

type TrainingJob = Extract<Job, { runFolder: string }>;

function memoryInputOf(job: TrainingJob, writesElsewhere: boolean): MemoryInput | null {
  const model = shapeOf(job.startCheckpoint);
  if (!model) return null;
  const { config } = job;
  const answers = 'maxNewTokens' in config ? config.maxNewTokens : 0;
  const longest = longestRow(join(job.runFolder, 'data/train.jsonl'));
  return {
    ...{
      method: job.kind,
      model,
      rewardModel: 'rewardModel' in job && job.rewardModel !== null ? shapeOf(job.rewardModel) : null,
      rulesAlone: 'rewards' in config && !needsRewardModel(config),
      loraRank: config.adapter?.rank ?? null,
      rewardShares: sharesReward(job),
    },
    ...{ critic: 'critic' in config ? config.critic : 'head', tokensAtOnce: config.tokensAtOnce, recompute: config.recompute },
    rowTokens: Math.min(model.positions, longest + answers),
    batchRows: 'minibatchSize' in config ? config.minibatchSize : config.batchSize,
    decodingRows: answers > 0 ? decodingRows : 0,
    decodeWeights: 'decodeWeights' in config ? config.decodeWeights : 'f32',
    writesElsewhere,
  };
}

/** Whether the run's reward model is an adapter of the weights that it starts from. */
function sharesReward(job: TrainingJob): boolean {
  if (!('rewardModel' in job) || job.rewardModel === null) return false;
  const [start, reward] = [job.startCheckpoint, job.rewardModel].map((folder) => baseFolder(folder, job.bases ?? {}));
  return start === reward;
}

/** Where the whole weights of a checkpoint lie; a folder that says nothing about it has its own. */
function baseFolder(folder: string, bases: Readonly<Record<string, string>>): string {
  try {
    const { base } = checkpointManifest.parse(JSON.parse(readFileSync(join(folder, 'plumbline.json'), 'utf8')));
    return (base && bases[base.hash]) ?? folder;
  } catch {
    return folder;
  }
}

function shapeOf(folder: string): ModelShape | null {
  try {
    return decoderConfigFrom(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  } catch {
    return null;
  }
}

/** Tokens of the longest line, at least one. */
function longestRow(path: string): number {
  if (!existsSync(path)) return 1;
  const longest = readFileSync(path, 'utf8')
    .split('\n')
    .reduce((most, line) => Math.max(most, line.length), 0);
  return Math.max(1, Math.ceil(longest / charactersAToken));
}
