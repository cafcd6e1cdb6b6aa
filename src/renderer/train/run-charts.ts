import type { RunSign } from '#shared/api/runs.ts';
import type { MetricName } from '#shared/metrics.ts';
import type { ChartSpec, LineSeries, Mark } from '../charts/chart-spec.ts';
import type { ColorName } from '../charts/colors.ts';
import { type Column, lastMeasured, meanEndingAt, smoothingWindow } from '../charts/smooth.ts';
import { formatNumber } from '../ui/format.ts';
import { metricValue } from './metric-words.ts';
import type { RunSeries } from './run-series.ts';
import { signWords } from './signs.ts';

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
  const kl = series.column('objective/kl');
  return series.derived('β·KL', (index) => {
    const weight = beta[index];
    const nats = kl[index];
    return typeof weight === 'number' && typeof nats === 'number' ? weight * nats : null;
  });
}

interface LineStyle {
  color: ColorName;
  width: number;
  strong?: boolean;
  /** Draws the raw values in gray under it, where smoothing did something. */
  raw?: boolean;
  format: (value: number) => string;
}

/** A line with its name and newest value at its end, and the raw one under it. */
function pair(name: string, raw: Column, smooth: Column, style: LineStyle): LineSeries[] {
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
  return style.raw && raw !== smooth ? [{ key: `${name}, raw`, values: raw, color: 'rawLine', width: 1 }, line] : [line];
}

/** A metric as a smoothed line. */
function metricPair(name: string, series: RunSeries, metric: MetricName, window: number, style: LineStyle): LineSeries[] {
  return pair(name, series.column(metric), series.smoothed(metric, window), style);
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
  const price = priceOfKl(series);
  return {
    ...frame(series, facts),
    series: [
      ...metricPair('reward', series, 'objective/reward', window, { color: 'aFill', width: 2, raw: true, format: signed }),
      ...pair(
        'β·KL',
        price,
        series.derived(`β·KL over ${window}`, (index) => meanEndingAt(price, index, window)),
        { color: 'bFill', width: 2, format: (value) => formatNumber(value, 'plain') },
      ),
      ...metricPair('objective', series, 'objective/rlhf_reward', window, {
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

type KlMetric = 'objective/kl' | 'objective/kl_k3';

/**
 * Which KL of a run is drawn, and its estimator: k3, as beside samples and in comparisons; but what is paid for where β adapts to that, and where a run has no k3.
 * @param paid the estimator that is paid for
 */
export function shownKl(series: RunSeries, adaptive: boolean, paid: string): { metric: KlMetric; estimator: string } {
  if (adaptive || !series.has('objective/kl_k3')) return { metric: 'objective/kl', estimator: paid };
  return { metric: 'objective/kl_k3', estimator: 'k3' };
}

/** KL from SFT in nats a response, by the metric that {@link shownKl} names, against the target where β adapts to one. */
export function klChart(series: RunSeries, facts: ChartFacts, target: number | null, metric: KlMetric): ChartSpec {
  const window = smoothingWindow(facts.totalSteps);
  const [first, second] = metricPair('KL', series, metric, window, {
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
      ...metricPair('training', series, 'rm/accuracy', window, { color: 'ref', width: 1.5, raw: false, format: percent }),
      ...metricPair('held-out', series, 'rm/held_out_accuracy', 1, { color: 'ink', width: 2.5, strong: true, format: percent }),
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
      ...metricPair('training', series, names.batch, window, { color: 'ref', width: 1.5, raw: true, format: metricValue }),
      ...metricPair('held-out', series, names.heldOut, 1, { color: 'ink', width: 2.5, strong: true, format: metricValue }),
    ],
    marks: marksOf(facts.signs, false),
    hideXWords,
  };
}

/** What DPO widens: the chosen answer's reward less the rejected one's. */
export function marginChart(series: RunSeries, facts: ChartFacts): ChartSpec {
  const window = smoothingWindow(facts.totalSteps);
  return {
    ...frame(series, facts),
    series: metricPair('margin', series, 'dpo/margin', window, { color: 'ink', width: 2, strong: true, raw: true, format: signed }),
    marks: marksOf(facts.signs, true),
    include: [0],
    signed: true,
    hideXWords: true,
  };
}

/** Log-probabilities of chosen and rejected answers, nats an answer. */
export function pairLogProbChart(series: RunSeries, facts: ChartFacts): ChartSpec {
  const window = smoothingWindow(facts.totalSteps);
  const style = { width: 2, raw: false, format: metricValue };
  return {
    ...frame(series, facts),
    series: [
      ...metricPair('chosen', series, 'dpo/chosen_logp', window, { ...style, color: 'aFill' }),
      ...metricPair('rejected', series, 'dpo/rejected_logp', window, { ...style, color: 'bFill' }),
    ],
    marks: marksOf(facts.signs, false),
    signed: true,
  };
}
