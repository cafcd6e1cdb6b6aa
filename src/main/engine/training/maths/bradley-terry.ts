import { mean, variance } from './statistics.ts';

/** The Bradley–Terry loss of preference pairs and what is reported about a reward model, in float64 (spec/algorithms.md, Reward model). */

export interface PairTarget {
  /** p: 1 chosen better, ½ a tie. */
  softTarget: number;
  /** m ≥ 0: how far apart the rewards should at least be. 0 for a tie. */
  margin: number;
}

/** A tie has margin 0 whatever its strength says. @param margins by strength 1, 2, 3. */
export function pairTarget(pair: { softTarget: number; strength: 1 | 2 | 3 }, margins: readonly [number, number, number]): PairTarget {
  return { softTarget: pair.softTarget, margin: pair.softTarget === 0.5 ? 0 : margins[pair.strength - 1]! };
}

/** −log σ(x) = log(1 + e^−x), without overflow on either side. */
export function negativeLogSigmoid(x: number): number {
  return Math.log1p(Math.exp(-Math.abs(x))) + Math.max(-x, 0);
}

/** L = −[p·logσ(Δ − m) + (1 − p)·logσ(−Δ − m)] + c·(r_c + r_r)², Δ = r_c − r_r. */
export function bradleyTerryLoss(chosen: number, rejected: number, target: PairTarget, centering: number): number {
  const { softTarget: p, margin: m } = target;
  const difference = chosen - rejected;
  return p * negativeLogSigmoid(difference - m) + (1 - p) * negativeLogSigmoid(-difference - m) + centering * (chosen + rejected) ** 2;
}

/** σ(r_c − r_r): how probable the model holds it that the first is preferred. */
export function preferenceProbability(chosen: number, rejected: number): number {
  return 1 / (1 + Math.exp(rejected - chosen));
}

/**
 * Pairs ordered as people did. People's ties are left out of `accuracy` and count half in `accuracyTiesHalf`.
 * A soft target under ½ means that the second was preferred. Null where there is no such pair.
 */
export function pairAccuracy(
  chosen: ArrayLike<number>,
  rejected: ArrayLike<number>,
  softTargets: ArrayLike<number>,
): { correct: number; untied: number; accuracy: number | null; accuracyTiesHalf: number | null } {
  let correct = 0;
  let untied = 0;
  for (let i = 0; i < softTargets.length; i++) {
    const preference = (softTargets[i] as number) - 0.5;
    if (preference === 0) continue;
    untied++;
    if (preference * ((chosen[i] as number) - (rejected[i] as number)) > 0) correct++;
  }
  const pairs = softTargets.length;
  return {
    correct,
    untied,
    accuracy: untied > 0 ? correct / untied : null,
    accuracyTiesHalf: pairs > 0 ? (correct + 0.5 * (pairs - untied)) / pairs : null,
  };
}

/**
 * Gain and bias of r = gain·raw + bias that give `raw` mean 0 and population standard deviation 1.
 * Rewards that do not vary keep gain 1: there is no scale to find.
 */
export function rewardScale(raw: ArrayLike<number>): { gain: number; bias: number } {
  const deviation = Math.sqrt(variance(raw, 0));
  const gain = deviation > 1e-6 ? 1 / deviation : 1;
  return { gain, bias: -mean(raw) * gain };
}
