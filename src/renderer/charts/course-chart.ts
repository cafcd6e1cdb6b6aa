import type { CourseRow } from '#shared/over-optimization.ts';
import { formatNumber } from '../ui/format.ts';
import type { ChartSpec, LineSeries } from './chart-spec.ts';

const signed = (value: number) => formatNumber(value, 'signed');

/**
 * Gold and proxy of a course, over its steps or over its KL from SFT (then in order of KL); gold as SFT has it is the reference.
 * @param to the end of the x axis, so that courses side by side have the same one. @param include values that the y axis must show, likewise.
 */
export function courseChart(
  course: readonly CourseRow[],
  over: 'step' | 'kl',
  to: number,
  include: readonly number[],
  height: number,
): ChartSpec {
  const rows = over === 'step' ? course : course.toSorted((a, b) => a.kl - b.kl);
  const line = (key: 'gold' | 'proxy', words: string, color: LineSeries['color'], width: number): LineSeries => ({
    key,
    name: words,
    values: rows.map((row) => row[key]),
    color,
    width,
    format: signed,
    label: rows.length === 0 || over === 'kl' ? words : `${words} ${signed(rows.at(-1)![key])}`,
    strong: key === 'gold',
  });
  const sft = course.find(({ step }) => step === 0);
  return {
    x: rows.map((row) => row[over]),
    series: [line('gold', 'gold', 'ink', 2.5), line('proxy', 'proxy', 'bFill', 2)],
    references: sft ? [{ y: sft.gold, words: 'gold of SFT' }] : [],
    from: 0,
    to,
    include,
    signed: true,
    labelRoom: 92,
    height,
  };
}
