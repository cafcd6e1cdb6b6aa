import type { EnsembleReport, LearningCurve, LengthControl } from '#shared/jobs.ts';
import { fewObservations, proportion } from '#shared/statistics.ts';
import { count, counted, formatEstimate, formatNumber } from '../ui/format.ts';

/** Under this, more judgments change accuracy by less than anybody would notice. */
const hardly = 0.005;

/** `81% [72, 88] of 90 pairs`, or a count where there are too few for a percentage. */
export function orderedWords({ correct, untied }: { correct: number; untied: number }): string {
  const share = untied >= fewObservations ? proportion(correct, untied) : null;
  return share ? `${formatEstimate(share, 'percent')} of ${count(untied)} pairs` : `${count(correct)} of ${counted(untied, 'pair')}`;
}

/** What 100 more judged pairs would buy, with its interval, and whose curve it is. */
export function forecastSentence({ forecast }: LearningCurve): string {
  const { gain, low, high, morePairs } = forecast;
  const points = (value: number) => formatNumber(100 * value, 'plain', 1);
  const more = `${count(morePairs)} more judged pairs`;
  if (high < hardly)
    return `${more} would hardly raise accuracy: by ${points(high)} points at most. Look for better judgments, or a better start.`;
  const by = `about ${points(gain)} points`;
  const interval = `95% ${points(low)} to ${points(high)}`;
  return low > 0
    ? `${more} would raise accuracy by ${by}, ${interval}.`
    : `${more} would bring ${by} of accuracy, ${interval}: they may bring nothing.`;
}

/** What the rewards owe to length, in one sentence. */
export function lengthSentence({ odds, longerChosen }: LengthControl): string {
  const longer = longerChosen.untied > 0 ? `The longer response was chosen in ${orderedWords(longerChosen)}. ` : '';
  if (!odds) return `${longer}Reward and length cannot be told apart here.`;
  const tells = odds.reward.value - 1.96 * odds.reward.error > 0;
  return `${longer}${
    tells
      ? 'At equal length, reward still tells which response people chose.'
      : 'At equal length, it is not certain that reward tells which response people chose.'
  }`;
}

/** Where the members agree and where not: the second is where the reward is a guess. */
export function membersSentence({ members, agreed, divided }: EnsembleReport): string {
  const all = `All ${members} members order ${count(agreed.untied)} of ${counted(agreed.untied + divided.untied, 'pair')} alike`;
  if (agreed.untied === 0 || divided.untied === 0) return `${all}.`;
  return `${all}, right in ${formatNumber(agreed.correct / agreed.untied, 'percent')}; on the others their mean is right in ${count(divided.correct)} of ${count(divided.untied)}.`;
}
