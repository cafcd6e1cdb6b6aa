import { PlainError } from '#shared/errors.ts';
import type { JobOf } from '#shared/jobs.ts';
import { exportFolder, openWhole } from '../formats/export.ts';
import { exportPeft } from '../formats/export-peft.ts';
import { exportGguf } from '../formats/gguf/export.ts';
import type { JobContext, JobResult } from '../training/context.ts';
import { mebibytes } from './mebibytes.ts';

/** Writes a checkpoint for other programs, in bounded memory; progress counts MiB. */
export async function exportModel(job: JobOf<'export'>, context: JobContext): Promise<JobResult> {
  const done: JobResult = { checkpoint: null, metrics: {}, reward: null };
  if (job.format === 'peft') {
    exportPeft(job.checkpoint, job.out, job);
    return done;
  }
  const whole = openWhole(job.checkpoint, job.bases);
  try {
    const onProgress = mebibytes(context);
    if (job.format === 'hf') await exportFolder(job.out, whole, job, onProgress);
    else {
      if (whole.head)
        throw new PlainError(
          'bad_input',
          'A reward model gives one number and no text; GGUF has no form for it. Export it as a Hugging Face folder.',
        );
      const storage = job.storage === 'as_is' ? 'F16' : job.storage;
      await exportGguf(job.out, { ...whole, name: job.name, license: job.license, storage }, onProgress);
    }
    return done;
  } finally {
    whole.close();
  }
}
