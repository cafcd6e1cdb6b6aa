import type { MetricName } from '#shared/metrics.ts';
import type { ChartSpec, LineSeries } from '../charts/chart-spec.ts';
import type { ColorName } from '../charts/colors.ts';
import { type Column, lastMeasured, smoothingWindow } from '../charts/smooth.ts';
import type { RunSeries } from './run-series.ts';

/** Overlaid runs: ink, blue, orange, then gray; all with their names at the ends of their lines. */
const colors: ColorName[] = ['ink', 'aFill', 'bFill'];

export function overlayColor(index: number): ColorName {
  return colors[index] ?? 'ref';
}

export interface OverlaidRun {
  id: string;
  name: string;
  totalSteps: number;
  series: RunSeries;
}

/** One metric of several runs over the steps that any of them has; where a run has no such step, its line goes straight on. */
export function overlayChart(
  runs: readonly OverlaidRun[],
  metric: MetricName,
  style: {
    height: number;
    format: (value: number) => string;
    include?: number[];
    signed?: boolean;
    percent?: boolean;
    hideXWords?: boolean;
  },
): ChartSpec {
  const x = [...new Set(runs.flatMap((run) => run.series.steps))].sort((one, two) => one - two);
  const place = new Map(x.map((step, index) => [step, index]));
  const totalSteps = Math.max(1, ...runs.map((run) => run.totalSteps));
  const series = runs.map((run, index): LineSeries => {
    const smooth = run.series.smoothed(metric, smoothingWindow(run.totalSteps));
    const values: Column = new Array<null>(x.length).fill(null);
    run.series.steps.forEach((step, at) => {
      values[place.get(step)!] = smooth[at] ?? null;
    });
    const last = smooth[lastMeasured(smooth)];
    return {
      key: run.id,
      name: run.name,
      values,
      color: overlayColor(index),
      width: 2,
      format: style.format,
      ...(typeof last === 'number' ? { label: `${run.name} ${style.format(last)}` } : {}),
    };
  });
  return {
    x,
    series,
    from: 0,
    to: Math.max(totalSteps, x.at(-1) ?? 0),
    labelRoom: 132,
    height: style.height,
    ...(style.include ? { include: style.include } : {}),
    ...(style.signed ? { signed: true } : {}),
    ...(style.percent ? { percent: true } : {}),
    ...(style.hideXWords ? { hideXWords: true } : {}),
  };
}
