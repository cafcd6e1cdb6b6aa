import type { DemonstratedRun, OverOptimizationDemonstration } from '#shared/api/over-optimization.ts';
import type { RunSummary } from '#shared/api/runs.ts';
import { type CourseVerdict, verdictOf } from '#shared/over-optimization.ts';
import { runEndings } from '#shared/run-endings.ts';
import { count, formatEstimate, formatNumber } from '../ui/format.ts';
import { judgesWords, stateWords } from './words.ts';

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

/** What is trained before both, where there is no reward model. Simulated judgments are said to be that, and not to count for anything else. */
export function firstPhase({ judgments, by }: NonNullable<OverOptimizationDemonstration['trainsFirst']>): string {
  const apart = by.includes('simulated') ? '; where those are switched out, they stay so for all else' : '';
  return `There is no reward model yet, so one is trained first, on ${count(judgments)} judgments by ${judgesWords(by)}${apart}.`;
}

/** How far the first phase is, as the title of the page. */
export function learningTitle({ name, state, step, totalSteps }: RunSummary): string {
  switch (state) {
    case 'queued':
      return `First ${name}: it waits its turn`;
    case 'running':
    case 'stopping':
      return `First a reward model learns: step ${count(step)} of ${count(totalSteps)}`;
    default:
      return `${name} ${runEndings[state] ?? stateWords[state]}. Neither policy was pushed yet`;
  }
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
