/** One column of a chart: a number for each x, or null where nothing was measured. */
export type Column = (number | null)[];

/**
 * Trailing mean over the last `window` measured values: `out[i] = mean(values[i−window+1 … i])`, fewer at the start.
 * It looks back only, so that a line already drawn does not change as the run goes on. A null stays null and does not count.
 */
export function trailingMean(values: Column, window: number): Column {
  if (window <= 1) return values;
  const out: Column = new Array(values.length);
  const recent: number[] = [];
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? null;
    if (value === null) {
      out[index] = null;
      continue;
    }
    recent.push(value);
    sum += value;
    if (recent.length > window) sum -= recent[recent.length - 1 - window]!;
    out[index] = sum / Math.min(recent.length, window);
  }
  return out;
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

/** Keeps at most about `buckets` pairs of lowest and highest values, in order, for lines too small to show every point. */
export function thin(x: number[], y: Column, buckets: number): [number, number][] {
  const points = x.flatMap((at, index): [number, number][] => {
    const value = y[index];
    return typeof value === 'number' ? [[at, value]] : [];
  });
  if (points.length <= buckets * 2) return points;
  const kept: [number, number][] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const slice = points.slice(Math.floor((bucket * points.length) / buckets), Math.floor(((bucket + 1) * points.length) / buckets));
    let low = slice[0]!;
    let high = slice[0]!;
    for (const point of slice) {
      if (point[1] < low[1]) low = point;
      if (point[1] > high[1]) high = point;
    }
    kept.push(...(low === high ? [low] : low[0] < high[0] ? [low, high] : [high, low]));
  }
  return kept;
}
