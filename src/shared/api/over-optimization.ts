import type { Estimate } from '../domain.ts';
import type { CourseRow } from '../over-optimization.ts';
import type { RunSummary } from './runs.ts';

/** One run of the demonstration: what it was pushed with, and where gold, proxy and KL went. */
export interface DemonstratedRun {
  run: RunSummary;
  beta: number;
  learningRate: number;
  /** Empty before its first answers. Gold is simulated: the demo's grammar reads each answer as its simulated annotator does. */
  course: CourseRow[];
  /** Gold at the last step less gold of SFT, prompt by prompt, with its 95% interval; null before a step. */
  difference: Estimate | null;
}

/** Over-optimization shown on the demo project: two PPO runs alike but for β, which is 0 in the first. */
export interface OverOptimizationDemonstration {
  /** Empty until it was started. */
  runs: DemonstratedRun[];
  /** Held-out prompts that both answer at every step. */
  prompts: number;
  /** β of the second run: the default. */
  beta: number;
  /** Why it cannot be started now, and what to do; null when it can. */
  refusal: string | null;
  /** True when a reward model is what it lacks. */
  needsRewardModel: boolean;
  /** Both runs' training, without the answers that are followed; null when not known. */
  seconds: number | null;
}

export interface OverOptimizationApi {
  /** Null in a project that is not the demo: only its requests have a judge. */
  get(): OverOptimizationDemonstration | null;
  /** Queues both runs. @throws PlainError with the refusal */
  start(): OverOptimizationDemonstration;
}
