import { useQuery } from '@tanstack/react-query';
import type { RunSummary } from '#shared/api/runs.ts';
import { queries } from './queries.ts';

/** The run that trains now, with how far it is (0 to 1); null when none does. */
export function useActiveRun(enabled = true): (RunSummary & { fraction: number }) | null {
  const { data: runs } = useQuery({ ...queries.runs(), enabled });
  const run = runs?.find(({ state }) => state === 'running' || state === 'stopping') ?? runs?.find(({ state }) => state === 'queued');
  return run ? { ...run, fraction: run.totalSteps > 0 ? Math.min(1, run.step / run.totalSteps) : 0 } : null;
}
