import { type JobOf, pairRow } from '#shared/jobs.ts';
import { rewardConfig } from '#shared/training/reward.ts';
import type { JobContext, JobResult } from '../training/context.ts';
import { loadRewardModel } from '../training/policy-models.ts';
import { pairsOf, scorePairs } from '../training/reward.ts';
import { fewestPairs, measurePairs, rewardReportOf } from '../training/reward-report.ts';
import { readRows } from '../training/rows.ts';
import { CheckpointLoader } from '../weights/checkpoint.ts';

/** How well a reward model orders the pairs of a file. Its report has no training pairs. */
export async function scorePairsOf(job: JobOf<'score'>, context: JobContext): Promise<JobResult> {
  const { model, checkpoint } = loadRewardModel(job.rewardModel, new CheckpointLoader(job.bases));
  const { pairs, dropped } = pairsOf(readRows(job.pairsFile, pairRow), checkpoint, rewardConfig.parse({}));
  context.emit({ event: 'started', backend: context.backend, parameters: model.decoder.parameters.count, totalSteps: 1, resumedAt: 0 });
  // Pairs are measured by raw rewards, as in training; the report scales them.
  const { scale } = model;
  model.scale = { gain: 1, bias: 0 };
  const scored = await scorePairs(model, pairs, checkpoint.tokenizer.padId, context.breathe);
  const { accuracy, logLoss, calibrationError } = measurePairs(scored);
  const enough = pairs.length >= fewestPairs;
  return {
    checkpoint: null,
    metrics: enough
      ? { ...(accuracy !== null && { 'rm/accuracy': accuracy }), 'rm/loss': logLoss, 'rm/calibration_error': calibrationError }
      : {},
    reward: rewardReportOf({ ...scored, chosen: [], rejected: [], softTargets: [] }, scored, scale, dropped),
  };
}
