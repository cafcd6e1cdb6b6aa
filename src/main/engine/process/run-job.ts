import type { Job } from '#shared/jobs.ts';
import type { JobContext, JobResult } from '../training/context.ts';
import { trainDpo } from '../training/dpo.ts';
import { trainGrpo } from '../training/grpo.ts';
import { trainPpo } from '../training/ppo.ts';
import { trainReward } from '../training/reward.ts';
import { trainSft } from '../training/sft.ts';
import { answerPrompts } from './answer.ts';
import { ask } from './ask.ts';
import { exportModel } from './export-model.ts';
import { importModel } from './import-model.ts';
import { inspectModel } from './inspect-model.ts';
import { logProbsOf } from './log-probs.ts';
import { scorePairsOf } from './score.ts';
import { compareSlices } from './slices.ts';

/** Does a job of whatever kind. */
export function runJob(job: Job, context: JobContext): Promise<JobResult> {
  switch (job.kind) {
    case 'sft':
      return trainSft(job, context);
    case 'reward':
      return trainReward(job, context);
    case 'ppo':
      return trainPpo(job, context);
    case 'dpo':
      return trainDpo(job, context);
    case 'grpo':
      return trainGrpo(job, context);
    case 'answer':
      return answerPrompts(job, context);
    case 'score':
      return scorePairsOf(job, context);
    case 'slices':
      return compareSlices(job, context);
    case 'inspect':
      return inspectModel(job, context);
    case 'import':
      return importModel(job, context);
    case 'export':
      return exportModel(job, context);
    case 'logprobs':
      return logProbsOf(job, context);
    case 'ask':
      return ask(job, context);
  }
}
