import type { RunDetail } from '#shared/api/runs.ts';
import type { Estimate } from '#shared/domain.ts';
import { proportion } from '#shared/statistics.ts';
import { count, formatEstimate } from '../ui/format.ts';
import { fewestForPercent } from './finding.ts';

/** One reward model: on how many judgments it was trained, and how it orders pairs of held-out prompts. */
export interface LearningPoint {
  run: { id: string; name: string };
  judgments: number;
  /** Whose they were. */
  judgmentsBy: readonly string[];
  accuracy: Estimate;
}

/**
 * Reward models by the number of judgments behind them, fewest first; of several on as many, the newest (`runs` is newest first).
 * Only runs on the same kinds of judgments as the newest are comparable: people's are never laid beside simulated ones.
 */
export function learningPoints(runs: readonly RunDetail[]): LearningPoint[] {
  const trained = runs.filter(
    ({ method, state, report }) => method === 'reward' && state === 'done' && (report?.untied ?? 0) >= fewestForPercent,
  );
  const kinds = trained[0]?.data.judgmentsBy.toSorted().join();
  const points = new Map<number, LearningPoint>();
  for (const { id, name, data, report } of trained) {
    const accuracy = report && proportion(report.correct, report.untied);
    if (accuracy && data.judgmentsBy.toSorted().join() === kinds && !points.has(data.train)) {
      points.set(data.train, { run: { id, name }, judgments: data.train, judgmentsBy: data.judgmentsBy, accuracy });
    }
  }
  return [...points.values()].sort((one, other) => one.judgments - other.judgments);
}

/** The finding of the block: from the fewest judgments to the most. */
export function learningSentence(points: readonly LearningPoint[]): string {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || first === last) return '';
  const kinds = last.judgmentsBy.includes('person') ? '' : ` ${last.judgmentsBy.join(' and ')}`;
  const change = `From ${count(first.judgments)} to ${count(last.judgments)}${kinds} judgments: ${formatEstimate(first.accuracy, 'percent')} to ${formatEstimate(last.accuracy, 'percent')}`;
  if (last.accuracy.low > first.accuracy.high) return `${change}. More judgments paid.`;
  if (last.accuracy.high < first.accuracy.low) return `${change}. More judgments made it worse; look at who made them.`;
  return `${change}. The intervals overlap, so this does not say yet whether more judgments pay.`;
}
