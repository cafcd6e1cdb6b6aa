import type { Row } from './rows.ts';

/** What one side of a row came to: each run's figure and CPU time, and the most memory that its process held, in bytes. */
export interface Measured {
  figures: number[];
  /** CPU milliseconds of each run, all threads together: what a busy machine hardly distorts. */
  cpu: number[];
  peakBytes: number;
}

/** A process is warm after at least this long: compilers and caches have settled. peer.py has the same. */
const warmMilliseconds = 1000;

/** Times a row in this process, when it is warm: `row.runs` runs. */
export async function measure(row: Row): Promise<Measured> {
  const work = row.prepare();
  for (const start = performance.now(); performance.now() - start < warmMilliseconds; ) await work.run();
  const figures: number[] = [];
  const cpu: number[] = [];
  for (let run = 0; run < row.runs; run++) {
    const before = process.cpuUsage();
    const start = performance.now();
    await work.run();
    const milliseconds = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
    figures.push(row.unit === 'ms' ? milliseconds : (1000 * work.amount) / milliseconds);
  }
  work.dispose();
  return { figures, cpu, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}
