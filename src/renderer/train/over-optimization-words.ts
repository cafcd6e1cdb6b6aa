import type { DemonstratedRun } from '#shared/api/over-optimization.ts';
import { type CourseVerdict, verdictOf } from '#shared/over-optimization.ts';
import { count, formatEstimate, formatNumber } from '../ui/format.ts';

const signed = (value: number) => formatNumber(value, 'signed');

/** What one run of the demonstration shows so far; null before it has moved. */
export function courseSentence({ course, difference }: DemonstratedRun): string | null {
  if (course.length < 2) return null;
  const { sftGold, peak, last, belowSftFrom } = verdictOf(course);
  const proxy = `The reward model’s score goes from ${signed(course[0]!.proxy)} to ${signed(last.proxy)}.`;
  const best = peak.step === 0 ? 'never above it' : `${signed(peak.gold)} at its best (step ${count(peak.step)})`;
  const end =
    !difference || difference.high >= 0 || belowSftFrom === null
      ? 'not measurably below SFT'
      : `below SFT from step ${count(belowSftFrom)} on`;
  const change = difference ? `, ${formatEstimate(difference, 'signed')} against SFT on the same prompts` : '';
  return `${proxy} Gold: ${signed(sftGold)} for SFT, ${best}, ${signed(last.gold)} at step ${count(last.step)}${change}: ${end}.`;
}

/** The finding of both, as the title of the page. */
export function demonstrationTitle(runs: readonly DemonstratedRun[]): string {
  const [free, held] = runs;
  const going = runs.find(({ run }) => run.state === 'running' || run.state === 'stopping');
  if (going) return `${going.run.name} is being pushed: step ${count(going.run.step)} of ${count(going.run.totalSteps)}`;
  if (!free || !held || free.course.length < 2 || held.course.length < 2) return 'Two runs are to show over-optimization';
  const [without, withBeta] = [verdictOf(free.course), verdictOf(held.course)];
  if (fooled(free, without) && !fooled(held, withBeta)) {
    return `Without β gold falls to ${signed(without.last.gold)} while the reward model is pleased; with β it ends at ${signed(withBeta.last.gold)}`;
  }
  return `Gold ends at ${signed(without.last.gold)} without β and at ${signed(withBeta.last.gold)} with it`;
}

/** Over-optimized: gold ends measurably below SFT's, though the proxy has risen since gold's peak. */
const fooled = ({ difference }: DemonstratedRun, { proxyGained }: CourseVerdict) =>
  difference !== null && difference.high < 0 && proxyGained > 0;
