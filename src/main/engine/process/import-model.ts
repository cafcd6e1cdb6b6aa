import type { JobOf } from '#shared/jobs.ts';
import { convert } from '../formats/convert.ts';
import { openModel } from '../formats/open.ts';
import type { JobContext, JobResult } from '../training/context.ts';
import { mebibytes } from './mebibytes.ts';

/** Brings a model from elsewhere into a checkpoint folder, in bounded memory; progress counts MiB. */
export async function importModel(job: JobOf<'import'>, context: JobContext): Promise<JobResult> {
  const source = openModel(job.source);
  try {
    await convert({ ...source, name: job.name ?? source.name }, job.outFolder, job.checkpointKind, mebibytes(context));
    return { checkpoint: job.outFolder, metrics: {}, reward: null };
  } finally {
    source.close();
  }
}
