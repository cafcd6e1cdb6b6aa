/**
 * β ← β·(1 + clip(KL/target − 1, ±0.2)·n/horizon) (Ziegler et al. 2019, §2.2; spec/algorithms.md). The clip applies to the error, before n/horizon.
 * @param kl Σ over tokens, mean over the answers of the batch, nats.
 * @param episodes n, answers in the batch.
 */
export function adaptBeta(beta: number, kl: number, target: number, episodes: number, horizon: number): number {
  const error = Math.min(0.2, Math.max(-0.2, kl / target - 1));
  return beta * (1 + (error * episodes) / horizon);
}
