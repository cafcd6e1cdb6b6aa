import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { estimateMemory, type MemoryInput, type ModelShape, refusalFor } from '#shared/training/memory.ts';
import { modelShapeFrom } from '#shared/training/model-shape.ts';
import { needsRewardModel } from '#shared/training/rewards.ts';
import { operationsPerParameter } from '#shared/training/work.ts';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { Store } from '#store/store.ts';
import { wholeOf } from '../checkpoints/bases.ts';
import { checkpointFolder } from '../checkpoints/register.ts';
import { type Configured, recordedSettings } from './methods.ts';

/**
 * Floating-point operations a second of two cores, for the first run of a kind: by the count of operationsPerParameter, PPO on SmolLM2-135M does 1.1e11 a second of one core
 * (docs/results/smollm2.md), of which two threads lose some to each other.
 */
const usualSpeed = 1.5e11;
/** Between models that differ more in size than this the pace of the one says little of the other. */
const likeSize = 10;
/** Tokens of a prompt with its answer, padding included. */
const usualRow = 90;
/** A run's own heap, before any weight. */
const baseBytes = 250e6;

/** Seconds that a run will take: by the pace of the newest run of its method on a model of about its size, else by the operations that it needs. */
export function estimateSeconds(store: Store, run: Configured, parameters: number, trainRows: number): number {
  const operations = operationsPerParameter(run.method, run.config, trainRows) * parameters;
  for (const earlier of store.runs.list()) {
    if (earlier.method !== run.method) continue;
    const pace = store.metrics.newest(earlier.id, 'time/step');
    const size = store.checkpoints.get(earlier.startCheckpointId)?.parameters;
    if (pace === undefined || !size || size > likeSize * parameters || parameters > likeSize * size) continue;
    const { method, config } = recordedSettings(earlier);
    return (operations * pace * earlier.totalSteps) / (operationsPerParameter(method, config, earlier.data.train) * size);
  }
  return operations / usualSpeed;
}

/** What a run will hold, by the sizes of its models; null where their config.json cannot be read. */
export function memoryInputOf(store: Store, run: Configured, start: CheckpointRow, rewardModel: CheckpointRow | null): MemoryInput | null {
  const model = shapeOf(store, start);
  if (!model) return null;
  const { config } = run;
  const answers = 'maxNewTokens' in config ? config.maxNewTokens : 0;
  return {
    ...{
      method: run.method,
      model,
      rewardModel: rewardModel && shapeOf(store, rewardModel),
      rewardShares: rewardModel !== null && wholeOf(store, rewardModel).id === wholeOf(store, start).id,
      rulesAlone: 'rewards' in config && !needsRewardModel(config),
      critic: 'critic' in config ? config.critic : 'head',
    },
    ...{ tokensAtOnce: config.tokensAtOnce, recompute: config.recompute, loraRank: config.adapter?.rank ?? null },
    rowTokens: Math.min(model.positions, usualRow + answers),
    batchRows: 'minibatchSize' in config ? config.minibatchSize : config.batchSize,
    decodingRows: answers > 0 ? 64 : 0,
    decodeWeights: 'decodeWeights' in config ? config.decodeWeights : 'f32',
  };
}

/** Bytes of the whole process. */
export function memoryOf(input: MemoryInput): number {
  return Math.round(baseBytes + estimateMemory(input).total);
}

/** A sentence when a run would not fit, else null. */
export function memoryWarning(input: MemoryInput): string | null {
  return refusalFor(input, totalmem() - baseBytes, 'this machine');
}

/** Sizes of a checkpoint's model; null where its config.json does not say them. */
export function shapeOf(store: Store, checkpoint: CheckpointRow): ModelShape | null {
  try {
    return modelShapeFrom(JSON.parse(readFileSync(join(checkpointFolder(store, checkpoint), 'config.json'), 'utf8')));
  } catch {
    return null; // the engine says what is wrong with it
  }
}
