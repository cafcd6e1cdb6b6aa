import { z } from 'zod';
import type { PpoConfig } from '#shared/training/ppo.ts';
import { firstPolicyState, policyRunState } from './policy-run.ts';
import { episode } from './rollout.ts';

/** What one minibatch showed, before its update. Means over its response tokens. */
const updateShown = z.object({
  loss: z.number(),
  policyLoss: z.number(),
  valueLoss: z.number(),
  gradNorm: z.number(),
  tokens: z.int(),
  ratio: z.number(),
  ratioDeviation: z.number(),
  policyClipFraction: z.number(),
  valueClipFraction: z.number(),
  approxKl: z.number(),
  explainedVariance: z.number().nullable(),
});
export type Update = z.infer<typeof updateShown>;

/** Where a PPO run stands, beside its weights and optimizer. A stop may come between two updates of a step: then the batch they share is in here too. */
export const ppoState = policyRunState.extend({
  /** β, which may adapt. */
  beta: z.number(),
  /** The batch of the step in progress, and the updates already made by it. */
  episodes: z.array(episode).nullable(),
  updates: z.array(updateShown),
});
export type PpoState = z.infer<typeof ppoState>;

export function firstState(config: PpoConfig): PpoState {
  return { ...firstPolicyState(), beta: config.klCoefficient, episodes: null, updates: [] };
}
