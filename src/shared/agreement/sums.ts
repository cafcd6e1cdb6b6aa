/**
 * What every coefficient of agreement rests on, as sums over items (pairs of responses that several people judged). Sums of disjoint sets of items
 * add up, so that a million judgments are read once, and a bootstrap resamples sums instead of judgments.
 */

/** Sums over items whose ratings are among q categories, 0…q−1. Matrices are flat, `[q × q]`, row-major. */
export interface AgreementSums {
  readonly categories: number;
  /** Items with a rating. */
  rated: number;
  /** Items with two ratings or more. */
  shared: number;
  /** Σ c_k / n over items with a rating. `[q]` */
  readonly shares: Float64Array;
  /** Σ c_k (c_l − δ_kl) over shared items: ordered pairs of ratings. */
  readonly pairs: Float64Array;
  /** The same divided by n − 1: Krippendorff's coincidences. */
  readonly coincidences: Float64Array;
  /** The same divided by n (n − 1): every item counts alike. */
  readonly itemPairs: Float64Array;
}

export function emptySums(categories: number): AgreementSums {
  const square = () => new Float64Array(categories * categories);
  return {
    categories,
    rated: 0,
    shared: 0,
    shares: new Float64Array(categories),
    pairs: square(),
    coincidences: square(),
    itemPairs: square(),
  };
}

/** Adds an item that was rated c_k times into category k. @param counts `[q]` */
export function addItem(sums: AgreementSums, counts: ArrayLike<number>): void {
  const q = sums.categories;
  let n = 0;
  for (let k = 0; k < q; k++) n += counts[k] ?? 0;
  if (n === 0) return;
  sums.rated += 1;
  for (let k = 0; k < q; k++) sums.shares[k]! += (counts[k] ?? 0) / n;
  if (n === 1) return;
  sums.shared += 1;
  for (let k = 0; k < q; k++) {
    const ck = counts[k] ?? 0;
    if (ck === 0) continue;
    for (let l = 0; l < q; l++) {
      const ordered = ck * ((counts[l] ?? 0) - (k === l ? 1 : 0));
      if (ordered === 0) continue;
      const at = k * q + l;
      sums.pairs[at]! += ordered;
      sums.coincidences[at]! += ordered / (n - 1);
      sums.itemPairs[at]! += ordered / (n * (n - 1));
    }
  }
}

/** Adds `weight` times the sums of other items. */
export function addSums(to: AgreementSums, from: AgreementSums, weight = 1): void {
  to.rated += weight * from.rated;
  to.shared += weight * from.shared;
  for (const name of ['shares', 'pairs', 'coincidences', 'itemPairs'] as const) {
    const target = to[name];
    const source = from[name];
    for (let i = 0; i < target.length; i++) target[i]! += weight * source[i]!;
  }
}

/** Sums of a table of items × raters; null where a rater did not see the item. @param ratings categories 0…q−1 */
export function sumsOf(ratings: readonly (readonly (number | null)[])[], categories: number): AgreementSums {
  const sums = emptySums(categories);
  for (const row of ratings) {
    const counts = new Float64Array(categories);
    for (const rating of row) if (rating !== null) counts[rating]! += 1;
    addItem(sums, counts);
  }
  return sums;
}
