import { z } from 'zod';
import { type Method, method, type RunState } from '../domain.ts';
import type { RewardReport, SampleTokens } from '../jobs.ts';
import type { MetricName, Metrics } from '../metrics.ts';

export const startRun = z.strictObject({
  method,
  /** Checkpoint id that training starts from; null: the project's SFT checkpoint. */
  startCheckpoint: z.string().nullable().default(null),
  /** Only for ppo and grpo; null: the newest reward model. */
  rewardModel: z.string().nullable().default(null),
  /** Judgments by whom; kinds mix only when a person chose it, and the run says so. */
  judgmentsBy: z
    .array(z.enum(['person', 'simulated', 'model']))
    .min(1)
    .default(['person']),
  /** Use at most this many judgments or prompts, drawn by seed; null: all. */
  limit: z.int().min(1).nullable().default(null),
  /** Held-out prompts that the policy answers again every `sampleEvery` steps: a few to be read; many measure how far it has come. */
  samplePrompts: z.int().min(0).max(500).default(8),
  /** Settings of the method that differ from their defaults. */
  config: z.record(z.string(), z.json()).default({}),
});
/** The same run once for each value of one setting. */
export const sweepRuns = startRun.extend({
  setting: z.string().min(1),
  values: z.array(z.json()).min(2).max(20),
});
export type StartRun = z.input<typeof startRun>;
export const runId = z.strictObject({ run: z.string() });
export const runMetricsInput = z.strictObject({ run: z.string(), afterStep: z.int().default(-1) });

export const sampleTokensInput = z.strictObject({ run: z.string(), step: z.int(), promptId: z.string() });

/** Says that a sign of a run was seen. */
export const acknowledgeInput = z.strictObject({ run: z.string(), sign: z.string() });

export interface RunSummary {
  id: string;
  /** `ppo-7` */
  name: string;
  method: Method;
  state: RunState;
  step: number;
  totalSteps: number;
  secondsLeft: number | null;
  startedAt: number;
  endedAt: number | null;
  /** The one metric that tells how it went (rm/held_out_accuracy, held_out/rlhf_reward, dpo/held_out_accuracy, sft/held_out_loss), at the step that was kept, else newest. */
  headline: { metric: MetricName; value: number } | null;
  /** True when simulated or model judgments were among its data. */
  simulated: boolean;
}

export interface RunDetail extends RunSummary {
  config: Record<string, unknown>;
  /** The settings that a run from this start has by itself; `config` differs from them where a person chose. */
  defaults: Record<string, unknown>;
  seed: number;
  backend: string | null;
  startCheckpoint: { id: string; name: string };
  rewardModel: { id: string; name: string } | null;
  result: { id: string; name: string } | null;
  /** The step whose policy became the result, where the best on held-out prompts is kept. */
  keptStep: number | null;
  data: { train: number; heldOut: number; judgmentsBy: string[]; hash: string };
  report: RewardReport | null;
  error: string | null;
  signs: RunSign[];
  log: string[];
}

export interface RunSign {
  step: number;
  sign: string;
  sentence: string;
  /** Who took note of it first; it stays listed. Absent or null: nobody yet. */
  seen?: { by: string; at: number } | null;
}

export interface MetricRow {
  step: number;
  values: Metrics;
}

export interface RunSample {
  step: number;
  promptId: string;
  prompt: string;
  text: string;
  tokens: number;
  terminated: boolean;
  reward: number | null;
  /** Of a reward of several parts, what each gave before its weight. */
  parts?: Record<string, number>;
  kl: number | null;
  /** Whether `sampleTokens` has it token by token. */
  perToken?: boolean;
}

/** What the live view hears while a run goes on. `metrics` and `sample` carry the new row; `changed` says to fetch the run again. */
export type RunEvent =
  | { kind: 'metrics'; run: string; row: MetricRow }
  | { kind: 'sample'; run: string; sample: RunSample }
  | { kind: 'progress'; run: string; step: number; totalSteps: number; secondsLeft: number | null }
  | { kind: 'sign'; run: string; sign: RunSign }
  | { kind: 'reproducing'; run: string; step: number; totalSteps: number; secondsLeft: number | null }
  | { kind: 'changed'; run: string };

/** What a new run would do, before it starts. */
export interface RunPlan {
  ready: boolean;
  /** Why it cannot start, or what to know before it does. */
  sentences: string[];
  startCheckpoints: { id: string; name: string; parameters: number }[];
  rewardModels: { id: string; name: string; accuracy: number | null }[];
  /** True when it could start if only the project had a reward model. */
  lacksOnlyRewardModel: boolean;
  data: { train: number; heldOut: number; byPeople: number; simulated: number; byModel: number };
  /** Of the start, and of what of it is chosen to be trained. */
  defaults: Record<string, unknown>;
  estimate: { seconds: number | null; memoryBytes: number };
}
export const planInput = z.strictObject({
  method,
  judgmentsBy: startRun.shape.judgmentsBy,
  /** Whose defaults and sizes the plan goes by; null: the project's SFT checkpoint. */
  startCheckpoint: startRun.shape.startCheckpoint,
  /** Settings chosen so far, as far as they are valid; they change what the run will take. */
  config: startRun.shape.config,
});

/** A run done once more from its record. */
export interface Reproduction {
  /** Whether the weights, and all else in the checkpoint, came out with the same bits. */
  equal: boolean;
  hash: string;
  /** Of the checkpoint that the run made. */
  expected: string;
  backend: string | null;
  recordedBackend: string | null;
}

export interface RunProgress {
  step: number;
  totalSteps: number;
  secondsLeft: number | null;
}

export interface RunsApi {
  plan(input: z.output<typeof planInput>): RunPlan;
  start(input: z.output<typeof startRun>): RunSummary;
  /** Queues one run a value, in their order; none when any of them cannot be started. */
  sweep(input: z.output<typeof sweepRuns>): RunSummary[];
  stop(run: string): void;
  resume(run: string): void;
  /** Ends a run early that was stopped, interrupted or failed: the best of what it measured, or the last step it saved, becomes its checkpoint. */
  finish(run: string): void;
  /** Marks a sign of a run as seen by this person. */
  acknowledge(personId: string, input: z.output<typeof acknowledgeInput>): void;
  list(): RunSummary[];
  get(run: string): RunDetail;
  metrics(input: z.output<typeof runMetricsInput>): MetricRow[];
  samples(run: string): RunSample[];
  /** One of them token by token; null where that was not kept. */
  sampleTokens(input: z.output<typeof sampleTokensInput>): SampleTokens | null;
  /** Calls `listener` for every event until the returned function is called. */
  listen(listener: (event: RunEvent) => void): () => void;
  /** Does a run that is done again, from its record alone, and compares the hashes; takes as long as the run did. */
  reproduce(run: string, onProgress?: (progress: RunProgress) => void): Promise<Reproduction>;
  /** Stops a repetition; nothing happens when there is none. */
  stopReproducing(run: string): void;
  /** Resolves once the run is done, stopped or failed. */
  finished(run: string): Promise<RunDetail>;
}
