import { flat, mean, variance } from './statistics.ts';

/**
 * Rewards of one answer's tokens: −β·KL_t everywhere, and the score on the last response token (not on the first pad).
 * @param kl KL_t, [T]. @param klClip bound on |KL_t|; 0 is off.
 */
export function tokenRewards(kl: ArrayLike<number>, score: number, beta: number, klClip: number): Float64Array {
  const rewards = Float64Array.from(kl, (k) => -beta * (klClip > 0 ? clamp(k, klClip) : k));
  if (rewards.length > 0) rewards[rewards.length - 1]! += score;
  return rewards;
}

/**
 * The score that a whole answer is given. Without a stop token within the limit it is replaced, not lowered (spec/algorithms.md, PPO), and the replacement is not clipped:
 * it is a setting, not a measurement.
 */
export function episodeScore(
  reward: number,
  terminated: boolean,
  settings: { scoreClip: number; penalizeMissingEos: boolean; missingEosScore: number },
): number {
  if (!terminated && settings.penalizeMissingEos) return settings.missingEosScore;
  return settings.scoreClip > 0 ? clamp(reward, settings.scoreClip) : reward;
}

/**
 * Generalized advantage estimation over one answer (Schulman et al. 2016, eq. 16), V after the end = 0:
 * δ_t = r_t + γV_{t+1} − V_t, A_t = δ_t + γλA_{t+1}, R_t = A_t + V_t.
 * @param rewards r, [T]. @param values V, [T].
 */
export function generalizedAdvantages(
  rewards: ArrayLike<number>,
  values: ArrayLike<number>,
  gamma: number,
  lambda: number,
): { advantages: Float64Array; returns: Float64Array } {
  const advantages = new Float64Array(rewards.length);
  const returns = new Float64Array(rewards.length);
  let nextAdvantage = 0;
  let nextValue = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    const value = values[t] as number;
    const delta = (rewards[t] as number) + gamma * nextValue - value;
    nextAdvantage = delta + gamma * lambda * nextAdvantage;
    nextValue = value;
    advantages[t] = nextAdvantage;
    returns[t] = nextAdvantage + value;
  }
  return { advantages, returns };
}

/**
 * (x − mean)·rsqrt(var + 1e-8) over all tokens of all rows, unbiased variance; with `keepMean` the mean is added back (reward whitening).
 * Fewer than two tokens have no spread: they come back centered (or as they are).
 */
export function whiten(rows: readonly Float64Array[], keepMean = false): Float64Array[] {
  const all = flat(rows);
  const center = mean(all);
  const scale = all.length > 1 ? 1 / Math.sqrt(variance(all, 1) + 1e-8) : 1;
  const shift = keepMean ? center : 0;
  return rows.map((row) => row.map((x) => (x - center) * scale + shift));
}

function clamp(x: number, bound: number): number {
  return Math.min(bound, Math.max(-bound, x));
}
