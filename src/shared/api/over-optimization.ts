import type { Estimate, PersonKind } from '../domain.ts';
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

/** Over-optimization shown on the demo project: a reward model where there is none yet, then two PPO runs alike but for β, which is 0 in the first. */
export interface OverOptimizationDemonstration {
  /** The reward model that it trained first; null where one was there. While this goes on, both runs are still to come. */
  rewardRun: RunSummary | null;
  /** Empty until both were queued. */
  runs: DemonstratedRun[];
  /** Held-out prompts that both answer at every step. */
  prompts: number;
  /** β of the second run: the default. */
  beta: number;
  /** Why it cannot be started now, and what to do; null when it can. */
  refusal: string | null;
  /** What the reward model would learn from that a start trains first; null where there is one. */
  trainsFirst: { judgments: number; by: PersonKind[] } | null;
  /** Both runs' training, without the answers that are followed; null when not known. */
  seconds: number | null;
}

export interface OverOptimizationApi {
  /** Null in a project that is not the demo: only its requests have a judge. */
  get(): OverOptimizationDemonstration | null;
  /** Queues both runs, behind a reward model where there is none. @throws PlainError with the refusal */
  start(): OverOptimizationDemonstration;
}
