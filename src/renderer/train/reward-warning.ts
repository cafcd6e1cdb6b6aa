import type { RewardReport } from '#shared/jobs.ts';
import { fewObservations, wilsonInterval } from '#shared/statistics.ts';
import { formatNumber } from '../ui/format.ts';

/** Above this, a policy finds that longer answers score higher sooner than it finds anything else. */
const muchLength = 0.3;

/**
 * What a reward model's own report says against optimizing a policy for it: the first of no better than a coin, badly measured, paying for length.
 * Null where nothing speaks against it.
 */
export function rewardWarning(name: string, report: RewardReport): string | null {
  if (report.untied < fewObservations) {
    return `${name} was measured on ${report.untied} held-out pairs only: nobody knows yet how good it is. Read the samples, or judge more pairs first.`;
  }
  if (wilsonInterval(report.correct, report.untied).low <= 0.5) {
    return `${name} orders ${report.correct} of ${report.untied} held-out pairs as judged, which a coin may do as well. A policy would learn its errors. Judge more pairs and retrain first.`;
  }
  if (report.lengthCorrelation !== null && report.lengthCorrelation > muchLength) {
    return `${name} rewards length on held-out pairs: correlation ${formatNumber(report.lengthCorrelation, 'plain')}. A policy will find that. Keep β high, and read the samples.`;
  }
  return null;
}
