/** How far probabilities can be believed. Outcomes are 1, 0, or ½ for a tie. */
export interface CalibrationBin {
  count: number;
  meanProbability: number;
  meanOutcome: number;
}

/** Bins of equal width, closed on the left, the last on both sides; empty ones left out. */
export function calibrationBins(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>, bins = 10): CalibrationBin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, probability: 0, outcome: 0 }));
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i]!;
    const bin = sums[Math.min(bins - 1, Math.floor(probability * bins))]!;
    bin.count += 1;
    bin.probability += probability;
    bin.outcome += outcomes[i]!;
  }
  return sums
    .filter(({ count }) => count > 0)
    .map(({ count, probability, outcome }) => ({ count, meanProbability: probability / count, meanOutcome: outcome / count }));
}

/** Expected calibration error: Σ_b n_b / n · |mean probability − mean outcome| (Naeini et al. 2015). NaN of nothing. */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  const n = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, bin) => sum + bin.count * Math.abs(bin.meanProbability - bin.meanOutcome), 0) / n;
}

/** Mean (p − y)². NaN of nothing. */
export function brierScore(probabilities: readonly number[], outcomes: readonly number[]): number {
  return probabilities.reduce((sum, p, i) => sum + (p - outcomes[i]!) ** 2, 0) / probabilities.length;
}

/** Mean −[y ln p + (1 − y) ln(1 − p)] with p kept `clip` away from 0 and 1. NaN of nothing. */
export function logLoss(probabilities: readonly number[], outcomes: readonly number[], clip = 1e-12): number {
  const losses = probabilities.map((given, i) => {
    const p = Math.min(1 - clip, Math.max(clip, given));
    return -(outcomes[i]! * Math.log(p) + (1 - outcomes[i]!) * Math.log(1 - p));
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
