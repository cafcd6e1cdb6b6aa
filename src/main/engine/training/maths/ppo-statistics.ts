import { explainedVariance } from './statistics.ts';

/** What a minibatch of R response tokens showed before its update; means over tokens, none of them padding. */
export interface MinibatchStatistics {
  tokens: number;
  ratio: number;
  /** max |ρ − 1|. */
  ratioDeviation: number;
  /** Share of tokens whose clipped policy loss is the larger one: their gradient is held back. */
  policyClipFraction: number;
  valueClipFraction: number;
  /** ½ · mean squared log-ratio (Schulman's k2). */
  approxKl: number;
  explainedVariance: number | null;
}

/** Log-ratios are clamped to ±20, as in the loss. */
export function minibatchStatistics(
  tokens: {
    newLogProbs: ArrayLike<number>;
    oldLogProbs: ArrayLike<number>;
    advantages: ArrayLike<number>;
    newValues: ArrayLike<number>;
    oldValues: ArrayLike<number>;
    returns: ArrayLike<number>;
  },
  { clipRange, valueClipRange }: { clipRange: number; valueClipRange: number },
): MinibatchStatistics {
  const R = tokens.newLogProbs.length;
  const sums = { ratio: 0, deviation: 0, policyClipped: 0, valueClipped: 0, squared: 0 };
  for (let i = 0; i < R; i++) {
    const logRatio = clamp(tokens.newLogProbs[i]! - tokens.oldLogProbs[i]!, -20, 20);
    const ratio = Math.exp(logRatio);
    const advantage = tokens.advantages[i]!;
    sums.ratio += ratio;
    sums.deviation = Math.max(sums.deviation, Math.abs(ratio - 1));
    sums.squared += logRatio * logRatio;
    if (-advantage * clamp(ratio, 1 - clipRange, 1 + clipRange) > -advantage * ratio) sums.policyClipped++;
    const [value, old, target] = [tokens.newValues[i]!, tokens.oldValues[i]!, tokens.returns[i]!];
    const clippedValue = clamp(value, old - valueClipRange, old + valueClipRange);
    if ((clippedValue - target) ** 2 > (value - target) ** 2) sums.valueClipped++;
  }
  return {
    tokens: R,
    ratio: sums.ratio / R,
    ratioDeviation: sums.deviation,
    policyClipFraction: sums.policyClipped / R,
    valueClipFraction: sums.valueClipped / R,
    approxKl: (0.5 * sums.squared) / R,
    explainedVariance: explainedVariance(tokens.newValues, tokens.returns),
  };
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x));
}
