import type { Row } from './rows.ts';

/** What one side of a row came to: each run's figure, and the most memory that its process held, in bytes. */
export interface Measured {
  figures: number[];
  peakBytes: number;
}

/** Times a row in this process: one run to warm up, then `row.runs`. */
export async function measure(row: Row): Promise<Measured> {
  const work = row.prepare();
  await work.run();
  const figures: number[] = [];
  for (let run = 0; run < row.runs; run++) {
    const start = performance.now();
    await work.run();
    const milliseconds = performance.now() - start;
    figures.push(row.unit === 'ms' ? milliseconds : (1000 * work.amount) / milliseconds);
  }
  work.dispose();
  return { figures, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}
