import { z } from 'zod';
import { firstPolicyState, policyRunState } from './policy-run.ts';
import { sample } from './rollout.ts';

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
export const grpoState = policyRunState.extend({
  /** The batch of the step in progress, group after group, and the updates already made by it. */
  samples: z.array(sample).nullable(),
  updates: z.array(updateShown),
});
export type GrpoState = z.infer<typeof grpoState>;

export function firstState(): GrpoState {
  return { ...firstPolicyState(), samples: null, updates: [] };
}
