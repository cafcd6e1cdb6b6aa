import type { CheckpointMeasures, ComparisonReport, ComparisonRow } from '#shared/api/compare.ts';
import { votesOf } from './verdict.ts';

/** Whether a report's answers are still being written. */
export function isGoing(report: ComparisonReport): boolean {
  return report.state === 'queued' || report.state === 'running' || report.state === 'stopping';
}

/** The checkpoint that a report is about: the most voted on of those beside the first; undefined in a report of nothing. */
export function mainChallenger(report: ComparisonReport): CheckpointMeasures | undefined {
  const votes = (one: CheckpointMeasures) => (one.winRate ? votesOf(one.winRate) : 0);
  return report.checkpoints
    .slice(1)
    .reduce<CheckpointMeasures | undefined>((best, one) => (best && votes(best) >= votes(one) ? best : one), undefined);
}

/** What a prompt is called where there is room for one line: its last message of a person. */
export function promptWords(prompt: readonly { role: string; content: string }[]): string {
  return prompt.findLast((message) => message.role === 'user')?.content ?? prompt.at(-1)?.content ?? '';
}

/** What a report compares, once it has answers: `ppo-1, ppo-2 against sft`; its own name until then. */
export function reportWords(report: ComparisonReport): string {
  const [first, ...others] = report.checkpoints.map((one) => one.checkpoint.name);
  return first === undefined || others.length === 0 ? report.name : `${others.join(', ')} against ${first}`;
}

/** CSS pixels that a letter of an answer takes on average, and the longest measure in letters. */
const letterWidth = 7.7;
const measure = 75;
/** Room between the columns of answers. */
const columnGap = 48;

/** About how many lines the longest of these answers takes, side by side on `width` CSS pixels. */
export function linesOf(rows: readonly ComparisonRow[], width: number): number {
  const columns = Math.max(1, ...rows.map((row) => row.answers.length));
  const letters = Math.max(20, Math.min(measure, (width / columns - columnGap) / letterWidth));
  const lines = (text: string) => text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / letters)), 0);
  return Math.max(1, ...rows.flatMap((row) => row.answers.map((answer) => lines(answer.text))));
}
