import type { Method } from '#shared/domain.ts';
import { operationsPerParameter } from '#shared/training/work.ts';

/** The plan's seconds, which hold for the settings `planned` and all of its data, for these settings and this share of the data. */
export function scaledSeconds(
  method: Method,
  seconds: number,
  planned: Record<string, unknown>,
  config: Record<string, unknown>,
  shareOfData: number,
): number {
  return (seconds * operationsPerParameter(method, config, shareOfData)) / operationsPerParameter(method, planned, 1);
}
