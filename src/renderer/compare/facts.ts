import type { CheckpointMeasures } from '#shared/api/compare.ts';
import { formatEstimate } from '../ui/format.ts';

type Measured = Pick<CheckpointMeasures, 'checkpoint' | 'strayNumbers'>;

/** What no reward here has looked at: whether an answer keeps to the facts of its prompt. Says where numbers got worse than the first checkpoint's. */
export function factsSentence([first, ...others]: readonly Measured[]): string {
  const blind =
    'Reward knows only what judgments taught it; whether names, times and numbers are those of the prompt, it may not see. Read some answers.';
  const before = first?.strayNumbers;
  const worse = before && others.find(({ strayNumbers }) => strayNumbers !== null && strayNumbers.low > before.high);
  if (!worse?.strayNumbers || !before || !first) return blind;
  return `In ${formatEstimate(worse.strayNumbers, 'percent')} of its answers ${worse.checkpoint.name} states a number that the prompt has not, ${first.checkpoint.name} in ${formatEstimate(before, 'percent')}: reward did not see that. Read some answers before you use it.`;
}
