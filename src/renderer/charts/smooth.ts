/** One column of a chart: a number for each x, or null where nothing was measured. */
export type Column = (number | null)[];

/**
 * Mean of the last `window` measured values up to and including `index`, fewer at the start; null where nothing was measured at `index`.
 * It looks back only, so that a line already drawn does not change as the run goes on.
 */
export function meanEndingAt(values: Column, index: number, window: number): number | null {
  if (typeof values[index] !== 'number') return null;
  let sum = 0;
  let count = 0;
  for (let at = index; at >= 0 && count < window; at--) {
    const value = values[at];
    if (typeof value !== 'number') continue;
    sum += value;
    count++;
  }
  return sum / count;
}

/** How many steps to average for a run of `totalSteps`: a fiftieth of it, at least 3 and at most 25; nothing under ten steps. */
export function smoothingWindow(totalSteps: number): number {
  if (totalSteps < 10) return 1;
  return Math.max(3, Math.min(25, Math.round(totalSteps / 50)));
}

/** The last index that holds a number, or −1. */
export function lastMeasured(values: Column): number {
  for (let index = values.length - 1; index >= 0; index--) if (typeof values[index] === 'number') return index;
  return -1;
}

/** At most about two points a bucket, the lowest and the highest value of each, in order: for lines too small to show every point. */
export function thin(x: number[], y: Column, buckets: number): [number, number][] {
  const size = Math.max(1, Math.ceil(x.length / (buckets * 2)) * 2);
  const kept: [number, number][] = [];
  for (let start = 0; start < x.length; start += size) {
    let low = -1;
    let high = -1;
    for (let index = start; index < Math.min(x.length, start + size); index++) {
      const value = y[index];
      if (typeof value !== 'number') continue;
      if (low < 0 || value < y[low]!) low = index;
      if (high < 0 || value > y[high]!) high = index;
    }
    if (low < 0) continue;
    for (const index of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) kept.push([x[index]!, y[index]!]);
  }
  return kept;
}
