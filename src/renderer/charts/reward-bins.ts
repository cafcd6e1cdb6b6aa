export interface Bins {
  /** Edges of the bins, one more than counts. */
  edges: number[];
  chosen: number[];
  rejected: number[];
}

/** Counts of chosen and rejected rewards in about `target` bins of equal, round width over both; the last bin holds its upper edge. */
export function binRewards(chosen: number[], rejected: number[], target = 24): Bins {
  const all = [...chosen, ...rejected];
  if (all.length === 0) return { edges: [0, 1], chosen: [0], rejected: [0] };
  const low = Math.min(...all);
  const high = Math.max(...all);
  const width = roundWidth((high - low) / target || 0.1);
  const first = Math.floor(low / width);
  const count = Math.max(1, Math.ceil(high / width + 1e-9) - first);
  const edges = Array.from({ length: count + 1 }, (_, index) => (first + index) * width);
  const counts = (values: number[]) => {
    const out = new Array<number>(count).fill(0);
    for (const value of values) out[Math.min(count - 1, Math.max(0, Math.floor(value / width + 1e-9) - first))]!++;
    return out;
  };
  return { edges, chosen: counts(chosen), rejected: counts(rejected) };
}

/** The smallest of 1, 2 or 5 times a power of ten that is at least `width`. */
function roundWidth(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= width * (1 - 1e-9)) ?? 10;
  return factor * power;
}

export interface ConfidenceBin {
  /** Mean probability that the reward model stated for the order it prefers, ½ to 1. */
  stated: number;
  /** Pairs of the bin, and how many of them people ordered the same way; a pair of equal rewards counts half. */
  count: number;
  held: number;
}

/**
 * How far stated confidence holds: each pair's P = σ(|Δ|/gain) (Bradley–Terry on the head's own scale) falls into one of five bins from ½ to 1,
 * closed on the left. Bins without pairs are left out.
 */
export function confidenceBins(chosen: number[], rejected: number[], gain: number): ConfidenceBin[] {
  const bins = Array.from({ length: 5 }, () => ({ sum: 0, count: 0, held: 0 }));
  chosen.forEach((reward, index) => {
    const difference = (reward - (rejected[index] ?? reward)) / (gain || 1);
    const stated = 1 / (1 + Math.exp(-Math.abs(difference)));
    const bin = bins[Math.min(4, Math.floor((stated - 0.5) * 10))]!;
    bin.sum += stated;
    bin.count++;
    bin.held += difference > 0 ? 1 : difference === 0 ? 0.5 : 0;
  });
  return bins.filter((bin) => bin.count > 0).map((bin) => ({ stated: bin.sum / bin.count, count: bin.count, held: bin.held }));
}
