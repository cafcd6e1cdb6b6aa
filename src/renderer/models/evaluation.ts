import type { CheckpointView, ComparisonReport } from '#shared/api/compare.ts';
import type { RunDetail } from '#shared/api/runs.ts';
import { fewObservations, proportion } from '#shared/statistics.ts';
import { votesOf } from '../compare/verdict.ts';
import { headlineWords } from '../train/words.ts';
import { formatEstimate, formatNumber } from '../ui/format.ts';

/**
 * How good a checkpoint is, in the fewest words that are true: blind votes before what its run measured, intervals where there are any.
 * Null when nothing was measured.
 */
export function evaluationWords(
  checkpoint: CheckpointView,
  run: RunDetail | undefined,
  reports: readonly ComparisonReport[],
): string | null {
  if (checkpoint.kind === 'reward') {
    const report = run?.report;
    if (report && report.untied > 0) {
      return report.untied < fewObservations
        ? `held-out ${report.correct} of ${report.untied}`
        : `held-out ${formatEstimate(proportion(report.correct, report.untied)!, 'percent')}`;
    }
    return checkpoint.accuracy === null ? null : `held-out ${formatNumber(checkpoint.accuracy, 'percent')}`;
  }
  for (const report of reports) {
    const winRate = report.checkpoints.slice(1).find((one) => one.checkpoint.id === checkpoint.id)?.winRate;
    if (!winRate || votesOf(winRate) === 0) continue;
    return winRate.rate ? `won ${formatEstimate(winRate.rate, 'percent')}` : `won ${winRate.wins} of ${votesOf(winRate)}`;
  }
  const words = run ? headlineWords(run.headline) : null;
  return words ? `${words.name} ${words.value}` : null;
}
