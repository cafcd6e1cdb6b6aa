import type { JobOf } from '#shared/jobs.ts';
import { convert } from '../formats/convert.ts';
import { openModel } from '../formats/open.ts';
import type { JobContext, JobResult } from '../training/context.ts';
import { Pace } from '../training/pace.ts';

/** Brings a model from elsewhere into a checkpoint folder, in bounded memory; progress counts MiB. */
export async function importModel(job: JobOf<'import'>, { emit, breathe }: JobContext): Promise<JobResult> {
  const source = openModel(job.source);
  let pace: Pace | null = null;
  try {
    await convert(source, job.outFolder, job.checkpointKind, async (done, total) => {
      const [step, totalSteps] = [done, total].map((bytes) => Math.ceil(bytes / 2 ** 20)) as [number, number];
      pace ??= new Pace(0, totalSteps);
      emit({ event: 'progress', step, totalSteps, secondsLeft: pace.secondsLeft(step) });
      await breathe();
    });
    return { checkpoint: job.outFolder, metrics: {}, reward: null };
  } finally {
    source.close();
  }
}
