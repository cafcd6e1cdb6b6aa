import type { MetricRow } from '#shared/api/runs.ts';
import type { Method } from '#shared/domain.ts';
import { mean } from '#shared/statistics.ts';
import type { Aligned } from './line-align.ts';

/** What one seed showed of one method. */
export interface ProofSeed extends Pick<Aligned, 'sft' | 'aligned' | 'winRate' | 'signs'> {
  method: Method;
  seed: number;
  judgments: number;
  rewardModel: { accuracy: number | null; pairs: number };
  negativeKl: NegativeKl | null;
  /** Seconds of the line: judging and reward model, shared by the methods of a seed, and the policy with its comparison. */
  seconds: number;
}

/** Whether KL by k1 stayed below zero: sampling and training would then disagree. */
export interface NegativeKl {
  /** The lowest mean of a batch, nats a token. */
  lowest: number;
  /** Most batches in a row below `negativeKlFloor`. */
  longestRun: number;
  persists: boolean;
}

/** Nats a token that the mean of a batch may lie below zero by chance. */
export const negativeKlFloor = -0.05;
const toleratedBatches = 3;
/** A batch of fewer tokens says nothing. */
const fewestTokens = 256;

/** KL by k1 over the batches of a run; null for a run that samples none (DPO). @param batchSize answers a batch. */
export function negativeKlOf(rows: readonly MetricRow[], batchSize: number): NegativeKl | null {
  const perToken = rows.flatMap(({ values }) => {
    const [kl, length] = [values['objective/kl_k1'], values['response/length_mean']];
    return kl === undefined || length === undefined || length * batchSize < fewestTokens ? [] : [kl / length];
  });
  if (perToken.length === 0) return null;
  let [running, longestRun] = [0, 0];
  for (const value of perToken) {
    running = value < negativeKlFloor ? running + 1 : 0;
    longestRun = Math.max(longestRun, running);
  }
  return { lowest: Math.min(...perToken), longestRun, persists: longestRun > toleratedBatches };
}

/** Means over seeds, and the worst of them where a bound is asked for. */
export interface ProofMeans {
  winRate: number;
  /** Lower end of the 95% interval of the worst seed. */
  lowestLow: number;
  /** Seeds whose lower end is above one half. */
  above50: number;
  /** Seeds whose lower end is above .55. */
  above55: number;
  rewardModelAccuracy: number | null;
  gold: { sft: number; aligned: number };
  kl: { mean: number; highest: number };
  /** Length over SFT's, less 1. */
  lengthChange: { mean: number; lowest: number; highest: number };
  garbled: { sft: number; aligned: number; highest: number };
  warm: { sft: number; aligned: number };
  /** Share of the exact answers that are wholly true. */
  true: { sft: number; aligned: number };
  negativeKlPersists: number;
  seconds: number;
}

/** @throws RangeError without seeds. */
export function meansOf(seeds: readonly ProofSeed[]): ProofMeans {
  if (seeds.length === 0) throw new RangeError('Means of no seeds.');
  const over = (read: (seed: ProofSeed) => number) => mean(seeds.map(read));
  const sides = (name: 'gold' | 'garbled' | 'warm' | 'true') => ({
    sft: over(({ sft }) => sft[name]),
    aligned: over(({ aligned }) => aligned[name]),
  });
  const kls = seeds.map(({ aligned }) => aligned.klToSft ?? Number.NaN);
  const changes = seeds.map(({ sft, aligned }) => (aligned.length ?? Number.NaN) / (sft.length ?? Number.NaN) - 1);
  const accuracies = seeds.flatMap(({ rewardModel: { accuracy } }) => (accuracy === null ? [] : [accuracy]));
  const aboveAll = (bound: number) => seeds.filter(({ winRate }) => winRate.gold.low > bound).length;
  return {
    winRate: over(({ winRate }) => winRate.gold.rate),
    lowestLow: Math.min(...seeds.map(({ winRate }) => winRate.gold.low)),
    above50: aboveAll(0.5),
    above55: aboveAll(0.55),
    rewardModelAccuracy: accuracies.length === 0 ? null : mean(accuracies),
    gold: sides('gold'),
    kl: { mean: mean(kls), highest: Math.max(...kls) },
    lengthChange: { mean: mean(changes), lowest: Math.min(...changes), highest: Math.max(...changes) },
    garbled: { ...sides('garbled'), highest: Math.max(...seeds.map(({ aligned }) => aligned.garbled)) },
    warm: sides('warm'),
    true: sides('true'),
    negativeKlPersists: seeds.filter(({ negativeKl }) => negativeKl?.persists).length,
    seconds: over(({ seconds }) => seconds),
  };
}

/** A Markdown table: a line a seed and their means, as in docs/algorithms. */
export function tableOf(seeds: readonly ProofSeed[]): string {
  const two = (value: number | null): string => (value === null || Number.isNaN(value) ? '–' : value.toFixed(2));
  const percent = (value: number | null): string => (value === null || Number.isNaN(value) ? '–' : `${(100 * value).toFixed(0)}%`);
  const change = ({ sft, aligned }: ProofSeed) => (aligned.length ?? Number.NaN) / (sft.length ?? Number.NaN) - 1;
  const rows = seeds.map((row) => {
    const { gold } = row.winRate;
    return [
      String(row.seed),
      percent(row.rewardModel.accuracy),
      `${two(row.sft.gold)} → ${two(row.aligned.gold)}`,
      `${(100 * gold.rate).toFixed(1)}% [${(100 * gold.low).toFixed(0)}, ${(100 * gold.high).toFixed(0)}]`,
      (row.aligned.klToSft ?? Number.NaN).toFixed(1),
      `${(row.sft.length ?? Number.NaN).toFixed(1)} → ${(row.aligned.length ?? Number.NaN).toFixed(1)} (${change(row) < 0 ? '−' : '+'}${Math.abs(100 * change(row)).toFixed(0)}%)`,
      `${two(row.sft.garbled)} → ${two(row.aligned.garbled)}`,
      `${two(row.sft.warm)} → ${two(row.aligned.warm)}`,
      `${percent(row.sft.true)} → ${percent(row.aligned.true)}`,
    ];
  });
  const means = meansOf(seeds);
  const last = [
    'mean',
    percent(means.rewardModelAccuracy),
    `${two(means.gold.sft)} → ${two(means.gold.aligned)}`,
    `${(100 * means.winRate).toFixed(1)}%`,
    means.kl.mean.toFixed(1),
    `${means.lengthChange.mean < 0 ? '−' : '+'}${Math.abs(100 * means.lengthChange.mean).toFixed(0)}%`,
    `${two(means.garbled.sft)} → ${two(means.garbled.aligned)}`,
    `${two(means.warm.sft)} → ${two(means.warm.aligned)}`,
    `${percent(means.true.sft)} → ${percent(means.true.aligned)}`,
  ];
  const head = ['seed', 'reward model', 'gold SFT → aligned', 'wins over SFT', 'KL (k3)', 'tokens an answer', 'garbled', 'warm', 'true'];
  return [head, head.map(() => '---'), ...rows, last].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
