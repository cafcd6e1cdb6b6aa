import { expect, test } from 'vitest';
import { bradleyTerry, elo, relativeTo } from '#shared/bradley-terry.ts';
import { brierScore, calibrationBins, expectedCalibrationError, logLoss } from '#shared/calibration.ts';
import { bettingSequence, empiricalBernsteinSequence, mixtureRho, normalMixtureSequence } from '#shared/confidence-sequence.ts';
import { pearson, ranks, spearman } from '#shared/correlation.ts';
import { clopperPearsonInterval, fairCoinProbability } from '#shared/exact-interval.ts';
import { seededRandom } from '#shared/random.ts';
import { goldenFixture } from '../golden/load.ts';

type Pair = [number, number];
const fixture = goldenFixture<{
  proportion_intervals: { successes: number; n: number; alpha: number; clopper_pearson: Pair }[];
  bradley_terry: {
    wins: number[][];
    ties: number[][];
    ratings: number[];
    standard_errors: number[];
    covariance: number[][];
    ratings_first_player_zero: number[];
    standard_errors_first_player_zero: number[];
    elo: number[];
    log_likelihood: number;
  }[];
  calibration: {
    probabilities: number[];
    outcomes: number[];
    bins: { count: number; mean_probability: number; mean_outcome: number }[];
    expected_calibration_error: number;
    brier: number;
    'log_loss_clipped_1e-12': number;
  };
  correlations: { x: number[]; y: number[]; pearson: number; spearman: number }[];
  confidence_sequences: {
    alpha: number;
    rho: number;
    truncation_c: number;
    streams: { outcomes: number[]; at: { n: number; normal_mixture: Pair; empirical_bernstein: Pair; betting: Pair }[] }[];
  };
}>('statistics');

function near(actual: readonly number[], expected: readonly number[], tolerance = 1e-9): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i]! - value)).toBeLessThan(tolerance);
}

test('Clopper–Pearson', () => {
  for (const { successes, n, alpha, clopper_pearson } of fixture.proportion_intervals) {
    const { low, high } = clopperPearsonInterval(successes, n, alpha);
    near([low, high], clopper_pearson);
  }
});

test('Clopper–Pearson bounds and the fair coin by adding up binomial probabilities', () => {
  const binomial = (k: number, n: number, p: number) => {
    let value = (1 - p) ** n;
    for (let i = 0; i < k; i++) value *= ((n - i) / (i + 1)) * (p / (1 - p));
    return value;
  };
  const tail = (from: number, to: number, n: number, p: number) => {
    let sum = 0;
    for (let k = from; k <= to; k++) sum += binomial(k, n, p);
    return sum;
  };
  for (const [k, n] of [
    [3, 17],
    [40, 60],
    [1, 90],
  ] as const) {
    const { low, high } = clopperPearsonInterval(k, n);
    expect(tail(k, n, n, low)).toBeCloseTo(0.025, 10);
    expect(tail(0, k, n, high)).toBeCloseTo(0.025, 10);
    expect(fairCoinProbability(k, n)).toBeCloseTo(Math.min(1, 2 * Math.min(tail(0, k, n, 0.5), tail(k, n, n, 0.5))), 10);
  }
  expect(fairCoinProbability(10, 20)).toBe(1);
});

test('Bradley–Terry with ties, standard errors and Elo', () => {
  for (const row of fixture.bradley_terry) {
    const fit = bradleyTerry(row.wins, row.ties)!;
    near(fit.ratings, row.ratings, 1e-6);
    near(fit.standardErrors, row.standard_errors, 1e-6);
    near(fit.covariance.flat(), row.covariance.flat(), 1e-6);
    near(fit.ratings.map(elo), row.elo, 1e-3);
    near([fit.logLikelihood], [row.log_likelihood], 1e-6);
    const first = relativeTo(fit, 0);
    near(first.ratings, row.ratings_first_player_zero, 1e-6);
    near(first.standardErrors, row.standard_errors_first_player_zero, 1e-6);
  }
});

test('Bradley–Terry by the slow iteration of Zermelo (1929), and none where one player never lost', () => {
  const wins = [
    [0, 6, 3, 9],
    [4, 0, 5, 2],
    [8, 1, 0, 7],
    [1, 2, 6, 0],
  ];
  let strengths = [1, 1, 1, 1];
  for (let step = 0; step < 20_000; step++) {
    strengths = strengths.map((own, i) => {
      const won = wins[i]!.reduce((sum, x) => sum + x, 0);
      const met = strengths.reduce((sum, other, j) => sum + (i === j ? 0 : (wins[i]![j]! + wins[j]![i]!) / (own + other)), 0);
      return won / met;
    });
    const mean = Math.exp(strengths.reduce((sum, x) => sum + Math.log(x), 0) / 4);
    strengths = strengths.map((x) => x / mean);
  }
  near(bradleyTerry(wins)!.ratings, strengths.map(Math.log), 1e-9);
  expect(
    bradleyTerry([
      [0, 3],
      [0, 0],
    ]),
  ).toBeNull();
});

test('calibration', () => {
  const { probabilities, outcomes, bins, ...expected } = fixture.calibration;
  const found = calibrationBins(probabilities, outcomes);
  near(
    found.map(({ count }) => count),
    bins.map(({ count }) => count),
  );
  near(
    found.map(({ meanProbability }) => meanProbability),
    bins.map((bin) => bin.mean_probability),
  );
  near(
    found.map(({ meanOutcome }) => meanOutcome),
    bins.map((bin) => bin.mean_outcome),
  );
  near(
    [expectedCalibrationError(found), brierScore(probabilities, outcomes), logLoss(probabilities, outcomes)],
    [expected.expected_calibration_error, expected.brier, expected['log_loss_clipped_1e-12']],
  );
});

test('correlations', () => {
  for (const row of fixture.correlations) near([pearson(row.x, row.y)!, spearman(row.x, row.y)!], [row.pearson, row.spearman]);
  expect(ranks([3, 1, 3, 2, 3])).toEqual([4, 1, 4, 2, 4]);
  expect(pearson([1, 1], [1, 2])).toBeNull();
});

test('confidence sequences', () => {
  const { alpha, rho, truncation_c: c, streams } = fixture.confidence_sequences;
  near([mixtureRho(100, alpha)], [rho]);
  for (const { outcomes, at } of streams) {
    for (const row of at) {
      const seen = outcomes.slice(0, row.n);
      const pair = ({ low, high }: { low: number; high: number }) => [low, high];
      near(pair(normalMixtureSequence(seen, alpha, rho)), row.normal_mixture);
      near(pair(empiricalBernsteinSequence(seen, alpha, c)), row.empirical_bernstein);
      near(pair(bettingSequence(seen, alpha, c)), row.betting, 1e-6);
    }
  }
});

test('the betting sequence by trying every mean of a grid, its capital multiplied up', () => {
  const random = seededRandom(2);
  const outcomes = Array.from({ length: 80 }, () => [0, 0.5, 1, 1][Math.floor(random() * 4)]!);
  const capital = (m: number, side: 1 | -1) => {
    let product = 1;
    let sum = 0;
    const means: number[] = [];
    for (const [i, x] of outcomes.entries()) {
      const t = i + 1;
      const variance = (0.25 + outcomes.slice(0, i).reduce((s, y, j) => s + (y - means[j]!) ** 2, 0)) / t;
      const lambda = Math.sqrt((2 * Math.log(2 / 0.05)) / (variance * t * Math.log(t + 1)));
      product *= 1 + side * Math.min(lambda, 0.5 / (side === 1 ? m : 1 - m)) * (x - m);
      sum += x;
      means.push((0.5 + sum) / (t + 1));
    }
    return product;
  };
  const kept = Array.from({ length: 999 }, (_, i) => (i + 1) / 1000).filter((m) => Math.max(capital(m, 1), capital(m, -1)) / 2 < 1 / 0.05);
  const { low, high } = bettingSequence(outcomes);
  expect(Math.abs(low - kept[0]!)).toBeLessThan(0.001);
  expect(Math.abs(high - kept.at(-1)!)).toBeLessThan(0.001);
});
