import { totalmem } from 'node:os';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { Store } from '#store/store.ts';
import { type Configured, configure, stepsOf } from './methods.ts';

/** Floating-point operations a second that two cores of a laptop reach on a small model; only for the first run of a kind. */
const usualSpeed = 3e10;
/** Tokens of a prompt with its answer, padding included. */
const usualRow = 90;
const float32 = 4;
/** A run's own heap, before any weight. */
const baseBytes = 250e6;

/** Rows that pass through the network in one step, forward and back. */
function rowsPerStep(run: Configured): number {
  if (run.method === 'ppo') return run.config.episodes * run.config.epochs;
  return run.method === 'reward' ? run.config.batchSize * 2 : run.config.batchSize;
}

/** Seconds that a run will take: by the pace of the newest run of its method, else by operations (6 a parameter and token). */
export function estimateSeconds(store: Store, run: Configured, parameters: number, trainRows: number): number {
  const steps = stepsOf(run, trainRows);
  for (const earlier of store.runs.list()) {
    if (earlier.method !== run.method) continue;
    const pace = store.metrics.newest(earlier.id, 'time/step');
    const size = store.checkpoints.get(earlier.startCheckpointId)?.parameters;
    if (pace === undefined || !size) continue;
    const before = configure(earlier.method, earlier.config);
    return (steps * pace * rowsPerStep(run) * parameters) / (rowsPerStep(before) * size);
  }
  const operations = 6 * parameters * steps * rowsPerStep(run) * usualRow;
  // PPO also writes the answers and scores them with three networks.
  return ((run.method === 'ppo' ? 2 : 1) * operations) / usualSpeed;
}

/** Bytes of weights, gradients and both moments; PPO holds its policy so, and a critic of its own, and reference and reward model as weights only. */
export function estimateMemory(run: Configured, start: CheckpointRow, rewardModel: CheckpointRow | null): number {
  const trained = run.method === 'ppo' && run.config.critic === 'separate' ? 8 : 4;
  const frozen = run.method === 'ppo' ? start.parameters + (rewardModel?.parameters ?? start.parameters) : 0;
  return Math.round(baseBytes + 1.3 * float32 * (trained * start.parameters + frozen));
}

/** A sentence when a run would not fit, else null. */
export function memoryWarning(bytes: number): string | null {
  if (bytes < 0.8 * totalmem()) return null;
  const gigabytes = (value: number) => (value / 1e9).toFixed(1);
  return `This run wants about ${gigabytes(bytes)} GB of memory; this machine has ${gigabytes(totalmem())} GB. Choose a smaller checkpoint.`;
}
