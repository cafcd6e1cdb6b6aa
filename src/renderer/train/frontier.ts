import type { MetricName } from '#shared/metrics.ts';
import type { RewardKlPoint } from '../charts/RewardKlChart.tsx';

/** What the chart reads of a run. */
export interface FrontierRun {
  name: string;
  config: Record<string, unknown>;
  /** Held-out prompts that it had; its setting may ask for more. */
  heldOut: number;
  /** Value of a metric at the step that was kept, else its newest. */
  measured: (metric: MetricName) => number | undefined;
}

/** What runs made: reward over KL on held-out prompts where those were measured, else over a batch; named by what differs. */
export function frontierPoints(runs: readonly FrontierRun[]): RewardKlPoint[] {
  const betas = new Set(runs.map(({ config }) => config.klCoefficient));
  return runs.flatMap((run): RewardKlPoint[] => {
    const heldOut = run.measured('held_out/reward') !== undefined;
    const reward = run.measured(heldOut ? 'held_out/reward' : 'objective/reward');
    const kl = run.measured(heldOut ? 'held_out/kl' : 'objective/kl');
    if (reward === undefined || kl === undefined) return [];
    const answers = Number(
      heldOut
        ? Math.min(Number(run.config.heldOutPrompts), run.heldOut)
        : (run.config.episodes ?? Number(run.config.groups) * Number(run.config.groupSize)),
    );
    const spread = (1.96 * (run.measured('reward/std') ?? 0)) / Math.sqrt(Math.max(1, answers));
    const name = betas.size > 1 ? `β ${run.config.klCoefficient}` : run.name;
    return [{ name, kl, reward: { value: reward, low: reward - spread, high: reward + spread, n: answers }, reference: false }];
  });
}

/** Runs that no other beats in both: no more reward for less KL. By name, from the least KL. */
export function onFrontier(points: readonly RewardKlPoint[]): RewardKlPoint[] {
  const byKl = points.toSorted((a, b) => a.kl - b.kl);
  let best = Number.NEGATIVE_INFINITY;
  return byKl.filter(({ reward }) => {
    if (reward.value <= best) return false;
    best = reward.value;
    return true;
  });
}
