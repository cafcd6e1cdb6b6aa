import type { Estimate } from '../domain.ts';
import { seededRandom } from '../random.ts';

/**
 * Items are put into at most this many blocks and blocks are resampled. With as many blocks as items it is the bootstrap by item itself; with
 * more items, sums of many independent items stand in for single ones, which estimates the same variance (items are independent, so block sums are).
 */
export const mostBlocks = 200;

/** How often each of `blocks` blocks is drawn when as many are drawn with replacement. */
export function drawWeights(blocks: number, random: () => number): Int32Array {
  const weights = new Int32Array(blocks);
  for (let draw = 0; draw < blocks; draw++) weights[Math.floor(random() * blocks)]! += 1;
  return weights;
}

/** The p-quantile of sorted values by linear interpolation (R's type 7). */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  return low + (place - below) * ((sorted[Math.min(below + 1, sorted.length - 1)] ?? low) - low);
}

/**
 * The percentile bootstrap's 95% interval (Efron 1979) of statistics of block sums.
 * @param statistics of the blocks weighted by how often each was drawn; null where a resample says nothing of one
 * @returns for each statistic null if the sample itself gives none; its interval is [v, v] if fewer than half of the resamples give it
 */
export function* bootstrap(
  blocks: number,
  statistics: (weights: Int32Array) => readonly (number | null)[],
  counts: readonly number[],
  { replicates = 500, seed = 1 }: { replicates?: number; seed?: number } = {},
): Generator<undefined, (Estimate | null)[]> {
  const whole = statistics(new Int32Array(blocks).fill(1));
  const drawn = whole.map(() => [] as number[]);
  const random = seededRandom(seed);
  for (let replicate = 0; replicate < replicates && blocks > 0; replicate++) {
    for (const [index, value] of statistics(drawWeights(blocks, random)).entries()) if (value !== null) drawn[index]?.push(value);
    yield;
  }
  return whole.map((value, index) => {
    if (value === null) return null;
    const sorted = Float64Array.from(drawn[index] ?? []).sort();
    const n = counts[index] ?? 0;
    if (sorted.length < replicates / 2) return { value, low: value, high: value, n };
    return { value, low: Math.min(value, quantile(sorted, 0.025)), high: Math.max(value, quantile(sorted, 0.975)), n };
  });
}

/** Runs a bootstrap to its end at once. */
export function bootstrapNow(...args: Parameters<typeof bootstrap>): (Estimate | null)[] {
  const going = bootstrap(...args);
  for (;;) {
    const step = going.next();
    if (step.done) return step.value;
  }
}
