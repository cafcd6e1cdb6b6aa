import { z } from 'zod';
import { metricValues } from '#shared/jobs.ts';
import { sample } from './grpo-rollout.ts';

/** What one update showed, before it was made. Means over its response tokens. */
const updateShown = z.object({
  loss: z.number(),
  gradNorm: z.number(),
  ratio: z.number(),
  ratioDeviation: z.number(),
  clipFractionLow: z.number(),
  clipFractionHigh: z.number(),
  approxKl: z.number(),
  klMean: z.number(),
});
export type GrpoUpdate = z.infer<typeof updateShown>;

/** Where a GRPO run stands, beside its weights and optimizer. A stop may come between two updates of a step: then the batch they share is in here too. */
export const grpoState = z.object({
  /** Steps that are done. */
  step: z.int().min(0),
  /** The step at which the fixed prompts were last answered. */
  sampledAt: z.int(),
  /** The batch of the step in progress, group after group, and the updates already made by it. */
  samples: z.array(sample).nullable(),
  updates: z.array(updateShown),
  seconds: z.object({ rollout: z.number(), score: z.number(), train: z.number() }),
  history: z.array(z.object({ step: z.int(), values: metricValues, firstRatioDeviation: z.number() })),
  /** Signs of failure that were named. */
  signs: z.array(z.string()),
  metrics: metricValues,
});
export type GrpoState = z.infer<typeof grpoState>;

export function firstState(): GrpoState {
  return {
    step: 0,
    sampledAt: -1,
    samples: null,
    updates: [],
    seconds: { rollout: 0, score: 0, train: 0 },
    history: [],
    signs: [],
    metrics: {},
  };
}
