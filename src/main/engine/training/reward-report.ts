import type { EnsembleReport, LearningCurve, RewardReport } from '#shared/jobs.ts';
import { lengthControl } from './length-control.ts';
import { bradleyTerryLoss, pairAccuracy, preferenceProbability } from './maths/bradley-terry.ts';
import { calibrationError } from './maths/calibration.ts';
import { correlation, mean, variance } from './maths/statistics.ts';
import type { ScoredPairs } from './scored-pairs.ts';

/** A held-out set smaller than this gives no percentages (spec/algorithms.md, Reward model). */
export const fewestPairs = 20;

/** How well rewards order pairs; NaN or null where there are none. Probabilities are those of the raw rewards: gain and bias only set their scale for PPO. */
export function measurePairs(scored: ScoredPairs): {
  accuracy: number | null;
  accuracyTiesHalf: number | null;
  correct: number;
  untied: number;
  logLoss: number;
  calibrationError: number;
  lengthCorrelation: number | null;
} {
  const { chosen, rejected, softTargets } = scored;
  const probabilities = chosen.map((reward, i) => preferenceProbability(reward, rejected[i]!));
  const losses = chosen.map((reward, i) => bradleyTerryLoss(reward, rejected[i]!, { softTarget: softTargets[i]!, margin: 0 }, 0));
  return {
    ...pairAccuracy(chosen, rejected, softTargets),
    logLoss: mean(losses),
    calibrationError: calibrationError(...bothOrders(probabilities, softTargets)),
    lengthCorrelation: correlation([...scored.chosenLengths, ...scored.rejectedLengths], [...chosen, ...rejected]),
  };
}

/**
 * Every pair in both orders: of pairs that all stand chosen first, each outcome would be 1 and calibration could not be told from confidence.
 */
function bothOrders(probabilities: readonly number[], outcomes: readonly number[]): [number[], number[]] {
  return [
    [...probabilities, ...probabilities.map((p) => 1 - p)],
    [...outcomes, ...outcomes.map((p) => 1 - p)],
  ];
}

/** The report of `#shared/jobs.ts`, rewards scaled by gain and bias. */
export function rewardReportOf(
  train: ScoredPairs,
  heldOut: ScoredPairs,
  { gain, bias }: { gain: number; bias: number },
  droppedTooLong: number,
  curve: LearningCurve | null = null,
): RewardReport {
  const pairs = heldOut.softTargets.length;
  const measured = measurePairs(heldOut);
  const enough = <Value>(value: Value): Value | null => (pairs < fewestPairs ? null : value);
  const scaled = (rewards: readonly number[]) => rewards.map((reward) => gain * reward + bias);
  return {
    pairs: train.softTargets.length,
    heldOutPairs: pairs,
    droppedTooLong,
    accuracy: enough(measured.accuracy),
    correct: measured.correct,
    untied: measured.untied,
    accuracyTiesHalf: enough(measured.accuracyTiesHalf),
    trainAccuracy: measurePairs(train).accuracy,
    logLoss: enough(measured.logLoss),
    calibrationError: enough(measured.calibrationError),
    lengthCorrelation: enough(measured.lengthCorrelation),
    chosenRewards: scaled(heldOut.chosen),
    rejectedRewards: scaled(heldOut.rejected),
    gain,
    bias,
    lengthControl: pairs < fewestPairs ? null : lengthControl(heldOut),
    learningCurve: curve,
    ensemble: ensembleReport(heldOut, gain),
  };
}

/** How far the members agree; null for a reward model with one head, or without held-out pairs. */
function ensembleReport({ members, softTargets }: ScoredPairs, gain: number): EnsembleReport | null {
  const count = members?.chosen[0]?.length ?? 0;
  if (!members || count === 0) return null;
  const spread = (raw: readonly number[]) => gain * Math.sqrt(variance(raw, 1));
  const untied = softTargets.map((_, i) => i).filter((i) => softTargets[i] !== 0.5);
  /** How many members order pair i as people did. */
  const right = (i: number) =>
    members.chosen[i]!.filter((reward, k) => (softTargets[i]! - 0.5) * (reward - members.rejected[i]![k]!) > 0).length;
  const ordered = (rows: readonly number[]) => ({ correct: rows.filter((i) => 2 * right(i) > count).length, untied: rows.length });
  const agreed = untied.filter((i) => right(i) === count || right(i) === 0);
  return {
    members: count,
    disagreement: mean([...members.chosen, ...members.rejected].map(spread)),
    correct: Array.from(
      { length: count },
      (_, k) => untied.filter((i) => (softTargets[i]! - 0.5) * (members.chosen[i]![k]! - members.rejected[i]![k]!) > 0).length,
    ),
    agreed: ordered(agreed),
    divided: ordered(untied.filter((i) => !agreed.includes(i))),
  };
}
