import type { JobContext } from '../training/context.ts';
import { Pace } from '../training/pace.ts';

/** Tells of bytes done as progress in MiB, and lets a stop in. */
export function mebibytes({ emit, breathe }: JobContext): (done: number, total: number) => Promise<void> {
  let pace: Pace | null = null;
  let told = -1;
  return async (done, total) => {
    const step = Math.floor(done / 2 ** 20);
    const totalSteps = Math.max(1, Math.floor(total / 2 ** 20));
    pace ??= new Pace(0, totalSteps);
    if (step !== told) emit({ event: 'progress', step, totalSteps, secondsLeft: pace.secondsLeft(step) });
    told = step;
    await breathe();
  };
}
