import type { RunSign } from '#shared/api/runs.ts';
import type { MetricName } from '#shared/metrics.ts';
import type { ChartSpec, LineSeries, Mark } from '../charts/chart-spec.ts';
import type { ColorName } from '../charts/colors.ts';
import { type Column, lastMeasured, smoothingWindow, trailingMean } from '../charts/smooth.ts';
import { formatNumber } from '../ui/format.ts';
import { metricValue, signWords } from './metric-words.ts';
import type { RunSeries } from './run-series.ts';

const labelRoom = 116;
const signed = (value: number) => formatNumber(value, 'signed');
const percent = (value: number) => formatNumber(value, 'percent');

/** What a run's charts need to know beside its metrics. */
export interface ChartFacts {
  totalSteps: number;
  signs: readonly RunSign[];
  height: number;
}

/** β·KL of each step, in units of reward: the price paid for moving away from SFT. */
export function priceOfKl(series: RunSeries): Column {
  const beta = series.column('kl/beta');
  return series.column('objective/kl').map((kl, index) => {
    const weight = beta[index];
    return kl === null || typeof weight !== 'number' ? null : weight * kl;
  });
}

/** A smoothed line of a metric and, where smoothing did something, the raw one in gray under it. */
function smoothedPair(
  name: string,
  values: Column,
  window: number,
  style: { color: ColorName; width: number; strong?: boolean; raw?: boolean; format: (value: number) => string },
): LineSeries[] {
  const smooth = trailingMean(values, window);
  const last = smooth[lastMeasured(smooth)];
  const line: LineSeries = {
    key: name,
    values: smooth,
    color: style.color,
    width: style.width,
    name,
    format: style.format,
    ...(typeof last === 'number' ? { label: `${name} ${style.format(last)}` } : {}),
    ...(style.strong ? { strong: true } : {}),
  };
  return style.raw && window > 1 ? [{ key: `${name}, raw`, values, color: 'rawLine', width: 1 }, line] : [line];
}

function frame(series: RunSeries, facts: ChartFacts): Pick<ChartSpec, 'x' | 'from' | 'to' | 'labelRoom' | 'height'> {
  return { x: series.steps, from: 0, to: Math.max(facts.totalSteps, series.lastStep, 1), labelRoom, height: facts.height };
}

function marksOf(signs: readonly RunSign[], words: boolean): Mark[] {
  return signs.map((sign) => ({ x: sign.step, words: words ? signWords(sign.sign) : '' }));
}

/** Reward above, β·KL below, the gap between them shaded: the objective is that gap. */
export function objectiveChart(series: RunSeries, facts: ChartFacts): ChartSpec {
  const window = smoothingWindow(facts.totalSteps);
  return {
    ...frame(series, facts),
    series: [
      ...smoothedPair('reward', series.column('objective/reward'), window, { color: 'aFill', width: 2, raw: true, format: signed }),
      ...smoothedPair('β·KL', priceOfKl(series), window, { color: 'bFill', width: 2, format: (value) => formatNumber(value, 'plain') }),
      ...smoothedPair('objective', series.column('objective/rlhf_reward'), window, {
        color: 'ink',
        width: 2.5,
        strong: true,
        format: signed,
      }),
    ],
    gap: { upper: 'reward', lower: 'β·KL' },
    marks: marksOf(facts.signs, true),
    include: [0],
    signed: true,
    hideXWords: true,
  };
}

/** KL from SFT in nats a response, against the target where β adapts to one. */
export function klChart(series: RunSeries, facts: ChartFacts, target: number | null): ChartSpec {
  const window = smoothingWindow(facts.totalSteps);
  const [first, second] = smoothedPair('KL', series.column('objective/kl'), window, {
    color: 'ink',
    width: 2,
    strong: true,
    raw: true,
    format: metricValue,
  });
  const line = second ?? first!;
  const last = line.values[lastMeasured(line.values)];
  return {
    ...frame(series, facts),
    series: [...(second ? [first!] : []), { ...line, ...(typeof last === 'number' ? { label: `${metricValue(last)} nats` } : {}) }],
    marks: marksOf(facts.signs, false),
    include: [0],
    references: target === null ? [] : [{ y: target, words: `target ${target}` }],
  };
}

/** How often the reward model orders pairs as people did: pairs it trains on in gray, pairs of held-out prompts in ink, against a coin. */
export function accuracyChart(series: RunSeries, facts: ChartFacts): ChartSpec {
  const window = smoothingWindow(facts.totalSteps);
  return {
    ...frame(series, facts),
    series: [
      ...smoothedPair('training', series.column('rm/accuracy'), window, { color: 'ref', width: 1.5, raw: false, format: percent }),
      ...smoothedPair('held-out', series.column('rm/held_out_accuracy'), 1, { color: 'ink', width: 2.5, strong: true, format: percent }),
    ],
    marks: marksOf(facts.signs, true),
    include: [0.5, 1],
    percent: true,
    references: [{ y: 0.5, words: 'a coin, 50%' }],
    hideXWords: true,
  };
}

/** Loss on the batch in gray and on held-out prompts in ink; where the second rises again, the model memorizes. */
export function lossChart(
  series: RunSeries,
  facts: ChartFacts,
  names: { batch: MetricName; heldOut: MetricName },
  hideXWords = false,
): ChartSpec {
  const window = smoothingWindow(facts.totalSteps);
  return {
    ...frame(series, facts),
    series: [
      ...smoothedPair('training', series.column(names.batch), window, { color: 'ref', width: 1.5, raw: true, format: metricValue }),
      ...smoothedPair('held-out', series.column(names.heldOut), 1, { color: 'ink', width: 2.5, strong: true, format: metricValue }),
    ],
    marks: marksOf(facts.signs, false),
    hideXWords,
  };
}

/** One metric on its own, raw and smoothed. */
export function metricChart(series: RunSeries, facts: ChartFacts, name: MetricName): ChartSpec {
  const short = name.slice(name.indexOf('/') + 1).replaceAll('_', ' ');
  return {
    ...frame(series, facts),
    series: smoothedPair(short, series.column(name), smoothingWindow(facts.totalSteps), {
      color: 'ink',
      width: 2,
      raw: true,
      format: metricValue,
    }),
    marks: marksOf(facts.signs, false),
  };
}
