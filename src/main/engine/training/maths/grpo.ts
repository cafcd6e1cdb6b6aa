import { tokenKl } from './kl.ts';

/** GRPO on plain numbers, in float64 (spec/algorithms.md, GRPO). */

export interface GrpoLoss {
  /** β. */
  klCoefficient: number;
  /** ε_lo, ε_hi. */
  clipRangeLow: number;
  clipRangeHigh: number;
}

/** −min( ρA, clip(ρ, 1 − ε_lo, 1 + ε_hi)·A ) + β·k3 of one token, ρ = e^clip(lp − lp_old, ±20). */
export function grpoTokenLoss(
  token: { logProb: number; oldLogProb: number; referenceLogProb: number; advantage: number },
  { klCoefficient, clipRangeLow, clipRangeHigh }: GrpoLoss,
): number {
  const ratio = ratioOf(token.logProb, token.oldLogProb);
  const clipped = Math.min(1 + clipRangeHigh, Math.max(1 - clipRangeLow, ratio));
  const kl = tokenKl('k3', token.logProb, token.referenceLogProb);
  return -Math.min(ratio * token.advantage, clipped * token.advantage) + klCoefficient * kl;
}

export type Reduction = 'grpo' | 'bnpo' | 'dr_grpo' | 'dapo';

/**
 * The weight of each answer's tokens in the loss, which is Σ weight·loss of a token. An update is made of micro-batches; `dapo` adds them up, the others average them:
 *
 *     grpo      mean of answers' means                            1/(M·B·T_i)     (Shao et al. 2024, eq. 3)
 *     bnpo      sum / tokens of the micro-batch                   1/(M·Σ T)
 *     dr_grpo   sum / (answers of the micro-batch · longest)      1/(M·B·T_max)   (Liu et al. 2025)
 *     dapo      sum / tokens of the whole update                  1/Σ Σ T         (Yu et al. 2025, eq. 8)
 *
 * @param lengths T_i of every answer. @param microBatches indices into it, M lists of B.
 */
export function tokenWeights(
  reduction: Reduction,
  lengths: readonly number[],
  microBatches: readonly (readonly number[])[],
  maxNewTokens: number,
): Float64Array {
  const weights = new Float64Array(lengths.length);
  const tokensOf = (rows: readonly number[]) => rows.reduce((sum, i) => sum + lengths[i]!, 0);
  const all = tokensOf(microBatches.flat());
  for (const rows of microBatches) {
    const share = 1 / microBatches.length;
    const tokens = tokensOf(rows);
    for (const i of rows) {
      weights[i] = {
        grpo: share / (rows.length * lengths[i]!),
        bnpo: share / tokens,
        dr_grpo: share / (rows.length * maxNewTokens),
        dapo: 1 / all,
      }[reduction];
    }
  }
  return weights;
}

/** What an update of R tokens showed before it was made; means over tokens, none of them padding. */
export interface GrpoStatistics {
  ratio: number;
  /** max |ρ − 1|. */
  ratioDeviation: number;
  /** Shares of tokens that the clip holds back: bad ones already lowered far enough, good ones already raised. */
  clipFractionLow: number;
  clipFractionHigh: number;
  /** ½ · mean squared log-ratio. */
  approxKl: number;
  /** Mean k3 against SFT. */
  klMean: number;
}

/** @param tokens [R] each. */
export function grpoStatistics(
  tokens: {
    logProbs: ArrayLike<number>;
    oldLogProbs: ArrayLike<number>;
    referenceLogProbs: ArrayLike<number>;
    advantages: ArrayLike<number>;
  },
  { clipRangeLow, clipRangeHigh }: GrpoLoss,
): GrpoStatistics {
  const R = tokens.logProbs.length;
  const sums = { ratio: 0, deviation: 0, low: 0, high: 0, squared: 0, kl: 0 };
  for (let i = 0; i < R; i++) {
    const ratio = ratioOf(tokens.logProbs[i]!, tokens.oldLogProbs[i]!);
    sums.ratio += ratio;
    sums.deviation = Math.max(sums.deviation, Math.abs(ratio - 1));
    sums.squared += Math.log(ratio) ** 2;
    sums.kl += tokenKl('k3', tokens.logProbs[i]!, tokens.referenceLogProbs[i]!);
    if (ratio < 1 - clipRangeLow && tokens.advantages[i]! < 0) sums.low++;
    if (ratio > 1 + clipRangeHigh && tokens.advantages[i]! > 0) sums.high++;
  }
  return {
    ratio: sums.ratio / R,
    ratioDeviation: sums.deviation,
    clipFractionLow: sums.low / R,
    clipFractionHigh: sums.high / R,
    approxKl: (0.5 * sums.squared) / R,
    klMean: sums.kl / R,
  };
}

function ratioOf(logProb: number, oldLogProb: number): number {
  return Math.exp(Math.min(20, Math.max(-20, logProb - oldLogProb)));
}
