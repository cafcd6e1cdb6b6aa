import { PlainError } from '#shared/errors.ts';
import type { Metrics } from '#shared/metrics.ts';
import type { AdamW } from '../nn/adamw.ts';
import type { Parameters } from '../nn/parameters.ts';
import { learningRateAt, type ScheduleKind } from '../nn/schedule.ts';
import { type LossPart, summedGradients } from './micro-batches.ts';

/**
 * The rate of update `step` (0 is the first). One place further along than transformers' schedules, which would spend their first update, a whole batch of answers in PPO,
 * on a rate of 0.
 */
export function updateRate(schedule: ScheduleKind, step: number, totalSteps: number, warmupSteps: number, peak: number): number {
  return learningRateAt(schedule, step + 1, totalSteps + 1, warmupSteps, peak);
}

/**
 * One update by Σ parts, its gradient clipped to the global norm `maxGradNorm`. A stop that is heard in between leaves parameters and optimizer as they were.
 * @throws PlainError `engine` when loss or gradient is not finite; what is on disk stays.
 */
export async function update(
  parts: readonly LossPart[],
  trained: { parameters: Parameters; optimizer: AdamW },
  settings: { learningRate: number; maxGradNorm: number; step: number },
  breathe: () => Promise<void>,
): Promise<{ loss: number; gradNorm: number }> {
  const { value, gradients } = await summedGradients(parts, trained.parameters, breathe);
  const { gradNorm } = trained.optimizer.step(gradients, settings.learningRate, settings.maxGradNorm);
  gradients.dispose();
  if (!Number.isFinite(value) || !Number.isFinite(gradNorm)) throw diverged(`At step ${settings.step} the loss or its gradient`);
  return { loss: value, gradNorm };
}

/**
 * Called before weights are written anywhere: a finite loss can still be followed by an update that is too large.
 * @throws PlainError `engine`
 */
export function checkFinite(parameters: Parameters): void {
  for (const [name, array] of parameters.toArrays()) {
    if (!array.every(Number.isFinite)) throw diverged(`A weight of ${name}`);
  }
}

/**
 * Called with whatever a run measures of itself, which is told as JSON, where NaN is no number.
 * @throws PlainError `engine`
 */
export function checkFiniteMetrics(step: number, values: Metrics): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isFinite(value)) throw diverged(`At step ${step} the measured ${name}`);
  }
}

function diverged(what: string): PlainError {
  return new PlainError(
    'engine',
    `${what} was no longer a finite number, so training was ended; the last good state is kept and can become a checkpoint. Lower the learning rate and start a new run.`,
  );
}
