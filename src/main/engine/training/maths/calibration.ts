/**
 * Expected calibration error: Σ_b (n_b / n)·|mean probability − mean outcome| over ten bins of equal width, closed on the left, the last on both sides
 * (Naeini et al. 2015; golden/statistics). Outcomes are 1, 0, or ½ for a tie. NaN for nothing.
 */
export function calibrationError(probabilities: ArrayLike<number>, outcomes: ArrayLike<number>, bins = 10): number {
  const probabilitySum = new Float64Array(bins);
  const outcomeSum = new Float64Array(bins);
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i] as number;
    const bin = Math.min(bins - 1, Math.floor(probability * bins));
    probabilitySum[bin]! += probability;
    outcomeSum[bin]! += outcomes[i] as number;
  }
  let gap = 0;
  for (let bin = 0; bin < bins; bin++) gap += Math.abs(probabilitySum[bin]! - outcomeSum[bin]!);
  return gap / probabilities.length;
}
