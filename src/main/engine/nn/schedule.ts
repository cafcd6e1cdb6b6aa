export type ScheduleKind = 'cosine' | 'linear' | 'constant';

/**
 * Learning rate of update `step` (0 is the first) of `totalSteps`: it rises linearly from 0 over `warmupSteps`, then falls to 0 along a half cosine or a line, or stays.
 * The same as transformers' `get_cosine_schedule_with_warmup` and its siblings.
 */
export function learningRateAt(kind: ScheduleKind, step: number, totalSteps: number, warmupSteps: number, peak: number): number {
  if (step < warmupSteps) return (peak * step) / Math.max(1, warmupSteps);
  if (kind === 'constant') return peak;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  return kind === 'linear' ? peak * (1 - progress) : (peak * (1 + Math.cos(Math.PI * progress))) / 2;
}
