import { z } from 'zod';
import { metricValues } from '#shared/jobs.ts';
import type { PpoConfig } from '#shared/training/ppo.ts';
import { episode } from './ppo-rollout.ts';

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
export const ppoState = z.object({
  /** Steps that are done. */
  step: z.int().min(0),
  /** β, which may adapt. */
  beta: z.number(),
  /** The step at which the fixed prompts were last answered. */
  sampledAt: z.int(),
  /** The batch of the step in progress, and the updates already made by it. */
  episodes: z.array(episode).nullable(),
  updates: z.array(updateShown),
  seconds: z.object({ rollout: z.number(), score: z.number(), train: z.number() }),
  history: z.array(z.object({ step: z.int(), values: metricValues, firstRatioDeviation: z.number() })),
  /** Signs of failure that were named. */
  signs: z.array(z.string()),
  metrics: metricValues,
});
export type PpoState = z.infer<typeof ppoState>;

export function firstState(config: PpoConfig): PpoState {
  return {
    step: 0,
    beta: config.klCoefficient,
    sampledAt: -1,
    episodes: null,
    updates: [],
    seconds: { rollout: 0, score: 0, train: 0 },
    history: [],
    signs: [],
    metrics: {},
  };
}
