import { negativeLogSigmoid } from './bradley-terry.ts';

/** DPO on plain numbers, in float64 (spec/algorithms.md, DPO). */

/** Σ log π of the two answers of a pair under the policy and under SFT, nats. */
export interface PairLogProbs {
  chosen: number;
  rejected: number;
  referenceChosen: number;
  referenceRejected: number;
}

export interface DpoLoss {
  loss: 'sigmoid' | 'robust' | 'hinge' | 'ipo';
  /** β. */
  klCoefficient: number;
  /** ε; read by sigmoid and robust. */
  labelSmoothing: number;
}

/**
 * The loss of a pair whose chosen answer gained δ = (lp_c − rp_c) − (lp_r − rp_r) over its rejected one; for ipo, δ of means over tokens.
 *
 *     sigmoid   −(1 − ε)·logσ(βδ) − ε·logσ(−βδ)                  (Rafailov et al. 2023, eq. 7; with ε Mitchell 2023)
 *     robust    [ −(1 − ε)·logσ(βδ) + ε·logσ(−βδ) ] / (1 − 2ε)   (Chowdhury et al. 2024)
 *     hinge     max(0, 1 − βδ)                                   (Zhao et al. 2023)
 *     ipo       (δ − 1/(2β))²                                    (Azar et al. 2023, eq. 17)
 */
export function dpoLoss(delta: number, { loss, klCoefficient: beta, labelSmoothing: epsilon }: DpoLoss): number {
  const z = beta * delta;
  switch (loss) {
    case 'sigmoid':
      return (1 - epsilon) * negativeLogSigmoid(z) + epsilon * negativeLogSigmoid(-z);
    case 'robust':
      return ((1 - epsilon) * negativeLogSigmoid(z) - epsilon * negativeLogSigmoid(-z)) / (1 - 2 * epsilon);
    case 'hinge':
      return Math.max(0, 1 - z);
    case 'ipo':
      return (delta - 1 / (2 * beta)) ** 2;
  }
}

/** Implicit rewards of a pair: β·(lp − rp) of either answer. */
export function dpoRewards(pair: PairLogProbs, beta: number): { chosen: number; rejected: number } {
  return { chosen: beta * (pair.chosen - pair.referenceChosen), rejected: beta * (pair.rejected - pair.referenceRejected) };
}
