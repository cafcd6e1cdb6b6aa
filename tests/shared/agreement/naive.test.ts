import { expect, test } from 'vitest';
import { bootstrapNow, quantile } from '#shared/agreement/bootstrap.ts';
import { fleissKappa, gwetAgreement, krippendorffAlpha, pairAgreement, pairAgreementWithoutTies } from '#shared/agreement/coefficients.ts';
import { cohenKappa } from '#shared/agreement/cohen.ts';
import { addItem, addSums, emptySums, sumsOf } from '#shared/agreement/sums.ts';
import { ordinalWeights, type Weights } from '#shared/agreement/weights.ts';
import { seededRandom } from '#shared/random.ts';

type Ratings = (number | null)[][];

/** Items rated by 0 to 5 people among `q` categories, who agree more often than chance. */
function table(seed: number, items: number, q: number): Ratings {
  const random = seededRandom(seed);
  return Array.from({ length: items }, () => {
    const truth = Math.floor(random() * q);
    return Array.from({ length: 5 }, () => (random() < 0.4 ? null : random() < 0.5 ? truth : Math.floor(random() * q)));
  });
}

const present = (row: (number | null)[]) => row.filter((rating): rating is number => rating !== null);

/** Every ordered pair of ratings of one item, one by one, with the item's number of ratings. */
function pairsOf(ratings: Ratings): { a: number; b: number; n: number }[] {
  return ratings.flatMap((row) => {
    const seen = present(row);
    return seen.flatMap((a, i) => seen.flatMap((b, j) => (i === j ? [] : [{ a, b, n: seen.length }])));
  });
}

/** Krippendorff's α by its definition: mean distance within items over mean distance of any two of all pairable values. */
function slowAlpha(ratings: Ratings, level: 'nominal' | 'ordinal'): number {
  const values = ratings.map(present).filter((row) => row.length > 1);
  const all = values.flat();
  const between = (a: number, b: number) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    const inside = all.filter((value) => value >= low && value <= high).length;
    return inside - all.filter((value) => value === low).length / 2 - all.filter((value) => value === high).length / 2;
  };
  const distance = (a: number, b: number) => (a === b ? 0 : level === 'nominal' ? 1 : between(a, b) ** 2);
  let observed = 0;
  for (const row of values) {
    for (const [i, a] of row.entries()) for (const [j, b] of row.entries()) if (i !== j) observed += distance(a, b) / (row.length - 1);
  }
  let expected = 0;
  for (const [i, a] of all.entries()) for (const [j, b] of all.entries()) if (i !== j) expected += distance(a, b);
  return 1 - observed / all.length / (expected / (all.length * (all.length - 1)));
}

/** Gwet's and Fleiss' chance from the mean share of each category. */
function slowShares(ratings: Ratings, q: number): number[] {
  const rated = ratings.map(present).filter((row) => row.length > 0);
  return Array.from(
    { length: q },
    (_, k) => rated.reduce((sum, row) => sum + row.filter((r) => r === k).length / row.length, 0) / rated.length,
  );
}

function slowObserved(ratings: Ratings, weights: Weights): number {
  const shared = ratings.map(present).filter((row) => row.length > 1);
  const perItem = shared.map((row) => {
    const pairs = pairsOf([row]);
    return pairs.reduce((sum, { a, b }) => sum + weights(a, b), 0) / pairs.length;
  });
  return perItem.reduce((sum, value) => sum + value, 0) / perItem.length;
}

const same: Weights = (k, l) => Number(k === l);

test.each([
  [1, 3],
  [2, 7],
  [3, 2],
])('sums give what walking every pair of ratings gives (seed %i, %i categories)', (seed, q) => {
  const ratings = table(seed, 60, q);
  const sums = sumsOf(ratings, q);
  const pairs = pairsOf(ratings);
  expect(pairAgreement(sums)).toEqual({ agree: pairs.filter(({ a, b }) => a === b).length / 2, n: pairs.length / 2 });
  const tie = Math.floor(q / 2);
  const untied = pairs.filter(({ a, b }) => a !== tie && b !== tie);
  expect(pairAgreementWithoutTies(sums, tie)).toEqual({
    agree: untied.filter(({ a, b }) => Math.sign(a - tie) === Math.sign(b - tie)).length / 2,
    n: untied.length / 2,
  });
  for (const level of ['nominal', 'ordinal'] as const) expect(krippendorffAlpha(sums, level)).toBeCloseTo(slowAlpha(ratings, level), 12);
  const shares = slowShares(ratings, q);
  const fleissChance = shares.reduce((sum, share) => sum + share * share, 0);
  expect(fleissKappa(sums)).toBeCloseTo((slowObserved(ratings, same) - fleissChance) / (1 - fleissChance), 12);
  let weightSum = 0;
  for (let k = 0; k < q; k++) for (let l = 0; l < q; l++) weightSum += ordinalWeights(q)(k, l);
  const gwetChance = (weightSum / (q * (q - 1))) * shares.reduce((sum, share) => sum + share * (1 - share), 0);
  const observed = slowObserved(ratings, ordinalWeights(q));
  expect(gwetAgreement(sums, ordinalWeights(q))).toBeCloseTo((observed - gwetChance) / (1 - gwetChance), 12);
});

test('two people: Cohen’s κ by hand, and sums of disjoint items add up', () => {
  // 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed .7, chance .5.
  expect(cohenKappa([20, 5, 10, 15], 2)).toBeCloseTo(0.4, 12);
  const ratings = table(5, 40, 3);
  const together = emptySums(3);
  addSums(together, sumsOf(ratings.slice(0, 11), 3));
  addSums(together, sumsOf(ratings.slice(11), 3));
  const whole = sumsOf(ratings, 3);
  expect(together.shared).toBe(whole.shared);
  for (const name of ['shares', 'pairs', 'coincidences', 'itemPairs'] as const) {
    for (const [i, value] of whole[name].entries()) expect(together[name][i]).toBeCloseTo(value, 12);
  }
});

test('nothing shared, or nobody ever differing, says nothing', () => {
  const alone = sumsOf(
    [
      [1, null],
      [null, 0],
    ],
    3,
  );
  expect([fleissKappa(alone), gwetAgreement(alone), krippendorffAlpha(alone, 'nominal'), cohenKappa([0, 0, 0, 0], 2)]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  const same = sumsOf(
    [
      [1, 1],
      [1, 1],
    ],
    3,
  );
  expect([fleissKappa(same), krippendorffAlpha(same, 'ordinal')]).toEqual([null, null]);
  expect(gwetAgreement(same)).toBe(1);
});

test('a bootstrap over items covers the true share about as often as it says', () => {
  const random = seededRandom(11);
  let covered = 0;
  const trials = 200;
  for (let trial = 0; trial < trials; trial++) {
    const hits = Array.from({ length: 120 }, () => Number(random() < 0.7));
    const share = (weights: Int32Array) => [hits.reduce((sum, hit, i) => sum + hit * weights[i]!, 0) / 120];
    const [estimate] = bootstrapNow(120, share, [120], { replicates: 200, seed: trial });
    if (estimate!.low <= 0.7 && estimate!.high >= 0.7) covered += 1;
  }
  // 95% wanted; four standard errors of 200 trials are 6%, and a percentile interval of 120 items is a little short.
  expect(covered / trials).toBeGreaterThan(0.88);
});

test('blocks of items estimate the spread that single items have', () => {
  const items = table(9, 4000, 3);
  const share = (blocks: number) => {
    const sums = Array.from({ length: blocks }, () => emptySums(3));
    for (const [i, row] of items.entries()) {
      const counts = [0, 0, 0];
      for (const rating of present(row)) counts[rating]! += 1;
      addItem(sums[i % blocks]!, counts);
    }
    const statistic = (weights: Int32Array) => {
      const drawn = emptySums(3);
      for (const [block, weight] of weights.entries()) if (weight > 0) addSums(drawn, sums[block]!, weight);
      return [fleissKappa(drawn)];
    };
    const [estimate] = bootstrapNow(blocks, statistic, [items.length], { replicates: 300, seed: 3 });
    return estimate!.high - estimate!.low;
  };
  const single = share(4000);
  expect(Math.abs(share(400) / single - 1)).toBeLessThan(0.2);
});

test('the same seed resamples the same', () => {
  const statistic = (weights: Int32Array) => [weights[0]! * 2 + weights[1]!];
  const once = bootstrapNow(10, statistic, [10], { replicates: 50, seed: 4 });
  expect(bootstrapNow(10, statistic, [10], { replicates: 50, seed: 4 })).toEqual(once);
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
});
