/** The words of the domain, one name for one thing from the database to the screen (spec/store.md). */
import { z } from 'zod';

/** Who judged. Kinds are never mixed in a count, a split or a training set unless a person chose it, and then the result says so. */
export const personKind = z.enum(['person', 'simulated', 'model']);
export type PersonKind = z.infer<typeof personKind>;

export const role = z.enum(['owner', 'lead', 'annotator']);
export type Role = z.infer<typeof role>;

export const message = z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() });
export type Message = z.infer<typeof message>;

/** Decided once per prompt, before any response exists. */
export const split = z.enum(['train', 'held_out']);
export type Split = z.infer<typeof split>;

/** What a comparison is for. A study's comparisons never train a model that the study judges. */
export const purpose = z.enum(['labeling', 'study', 'calibration', 'gold', 'repeat']);
export type Purpose = z.infer<typeof purpose>;

/** Ordered groups of response slots, best first; several slots in one group are tied. `[[1], [0]]`: slot 1 is better than slot 0. */
export const ranking = z.array(z.array(z.int().min(0)).min(1)).min(1);
export type Ranking = z.infer<typeof ranking>;

/** 1 better, 2 clearly better, 3 much better. */
/** What a guideline asks for beside a choice: each response rated 1 to 5 by these aspects, and a reason of at least so many characters. */
export const guidelineAsks = z.strictObject({
  aspects: z.array(z.string().trim().min(1).max(40)).max(6).default([]),
  minimumReason: z.int().min(0).max(2000).default(0),
});
export type GuidelineAsks = z.infer<typeof guidelineAsks>;

/** By aspect: a rating from 1 to 5 for each response, in the order of the comparison's slots. */
export const aspectRatings = z.record(z.string().min(1).max(40), z.array(z.int().min(1).max(5)).min(2).max(8));
export type AspectRatings = z.infer<typeof aspectRatings>;

export const strength = z.union([z.literal(1), z.literal(2), z.literal(3)]);
export type Strength = z.infer<typeof strength>;

export const checkpointKind = z.enum(['base', 'sft', 'reward', 'policy']);
export type CheckpointKind = z.infer<typeof checkpointKind>;

export const method = z.enum(['sft', 'reward', 'ppo', 'grpo', 'dpo']);
export type Method = z.infer<typeof method>;

/** Writes answers while it trains and has a reward model score them: it needs prompts and a reward model, and no judgments of its own. */
export function isOnline(method: Method): method is 'ppo' | 'grpo' {
  return method === 'ppo' || method === 'grpo';
}

/** Moves a policy toward what people prefer. */
export function alignsPolicy(method: Method): method is 'ppo' | 'grpo' | 'dpo' {
  return isOnline(method) || method === 'dpo';
}

export const runState = z.enum(['queued', 'running', 'stopping', 'stopped', 'interrupted', 'failed', 'done']);
export type RunState = z.infer<typeof runState>;

/** An estimate with its 95% interval. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
  /** How many observations it rests on. */
  n: number;
}

/** Wins, ties and losses of the second (aligned) against the first (SFT); ties count half in `rate`. */
export interface WinRate {
  wins: number;
  ties: number;
  losses: number;
  rate: Estimate | null;
}
