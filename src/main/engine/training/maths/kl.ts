/** Estimators of KL(π_θ ‖ π_SFT) at one token from its log-probabilities under both (Schulman 2020, "Approximating KL divergence"; spec/algorithms.md, PPO). Nats. */
export type KlEstimator = 'k1' | 'k2' | 'k3';

/**
 * k1 = lp − rp: unbiased, of either sign.
 * k2 = ½(lp − rp)²: biased, low variance.
 * k3 = e^(rp−lp) − 1 − (rp − lp): unbiased, never negative.
 */
export function tokenKl(estimator: KlEstimator, logProb: number, referenceLogProb: number): number {
  const logRatio = logProb - referenceLogProb;
  switch (estimator) {
    case 'k1':
      return logRatio;
    case 'k2':
      return 0.5 * logRatio * logRatio;
    case 'k3':
      // expm1, for near the start of training the two terms cancel.
      return Math.expm1(-logRatio) + logRatio;
  }
}

/** One value a token of one answer. */
export function tokenKls(estimator: KlEstimator, logProbs: ArrayLike<number>, referenceLogProbs: ArrayLike<number>): Float64Array {
  return Float64Array.from(logProbs, (lp, t) => tokenKl(estimator, lp, referenceLogProbs[t] as number));
}

/** Σ_t KL_t of one answer, nats. */
export function sequenceKl(estimator: KlEstimator, logProbs: ArrayLike<number>, referenceLogProbs: ArrayLike<number>): number {
  let sum = 0;
  for (let t = 0; t < logProbs.length; t++) sum += tokenKl(estimator, logProbs[t] as number, referenceLogProbs[t] as number);
  return sum;
}
