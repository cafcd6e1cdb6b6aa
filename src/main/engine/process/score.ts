import { type JobOf, pairRow, type ScoredPair } from '#shared/jobs.ts';
import { rewardConfig } from '#shared/training/reward.ts';
import type { JobContext, JobResult } from '../training/context.ts';
import { loadRewardModel } from '../training/policy-models.ts';
import { scorePairs } from '../training/reward.ts';
import { pairsOf } from '../training/reward-pairs.ts';
import { fewestPairs, measurePairs, rewardReportOf } from '../training/reward-report.ts';
import { readRows } from '../training/rows.ts';
import { CheckpointLoader } from '../weights/checkpoint.ts';
import { writeWhole } from '../weights/files.ts';

/** How well a reward model orders the pairs of a file. Its report has no training pairs. */
export async function scorePairsOf(job: JobOf<'score'>, context: JobContext): Promise<JobResult> {
  const { model, checkpoint } = loadRewardModel(job.rewardModel, new CheckpointLoader(job.bases));
  const rows = readRows(job.pairsFile, pairRow);
  const config = rewardConfig.parse({});
  // Each by itself, so that it is known which were too long.
  const fitting = rows.flatMap((row) => pairsOf([row], checkpoint, config).pairs.map((pair) => ({ id: row.id, pair })));
  const pairs = fitting.map(({ pair }) => pair);
  context.emit({ event: 'started', backend: context.backend, parameters: model.decoder.parameters.count, totalSteps: 1, resumedAt: 0 });
  // Pairs are measured by raw rewards, as in training; the report scales them.
  const { scale } = model;
  model.scale = { gain: 1, bias: 0 };
  const scored = await scorePairs(model, pairs, checkpoint.tokenizer.padId, context.breathe);
  if (job.outFile !== undefined) {
    const { chosen, rejected } = scored.members ?? { chosen: scored.chosen.map((r) => [r]), rejected: scored.rejected.map((r) => [r]) };
    const margins = (index: number) => chosen[index]!.map((reward, member) => scale.gain * (reward - rejected[index]![member]!));
    const lines = fitting.map(({ id }, index) => JSON.stringify({ id, margins: margins(index) } satisfies ScoredPair));
    writeWhole(job.outFile, lines.map((line) => `${line}\n`).join(''));
  }
  const { accuracy, logLoss, calibrationError } = measurePairs(scored);
  const enough = pairs.length >= fewestPairs;
  return {
    checkpoint: null,
    metrics: enough
      ? { ...(accuracy !== null && { 'rm/accuracy': accuracy }), 'rm/loss': logLoss, 'rm/calibration_error': calibrationError }
      : {},
    reward: rewardReportOf({ ...scored, chosen: [], rejected: [], softTargets: [] }, scored, scale, rows.length - pairs.length),
  };
}
