import { z } from 'zod';
import type { CheckpointKind, Estimate, Message, RunState, WinRate } from '../domain.ts';
import { decodeWeights } from '../sampling.ts';

export interface CheckpointView {
  id: string;
  name: string;
  kind: CheckpointKind;
  parent: string | null;
  run: { id: string; name: string } | null;
  parameters: number;
  /** The checkpoint that an adapter corrects and is of no use without; null for whole weights. */
  adapterOf: string | null;
  bytes: number;
  createdAt: number;
  /** Held-out accuracy of a reward model. */
  accuracy: number | null;
  hash: string;
}

/** A comparison report: the same held-out prompts and seeds answered by each checkpoint, the first pinned (SFT). */
export const startComparison = z.strictObject({
  checkpoints: z.array(z.string()).min(2).max(5),
  prompts: z.int().min(1).max(2000).default(40),
  split: z.enum(['held_out', 'train', 'all']).default('held_out'),
  seed: z.int().default(0),
  temperature: z.number().min(0).default(1),
  maxNewTokens: z.int().min(1).max(4096).default(64),
  decodeWeights: decodeWeights.optional(),
  /** Reward model that scores the answers; null: the newest, or none. */
  rewardModel: z.string().nullable().default(null),
});

export interface CheckpointMeasures {
  checkpoint: { id: string; name: string; kind: CheckpointKind };
  reward: Estimate | null;
  /** k3 against the first checkpoint, nats a response. */
  kl: Estimate | null;
  length: Estimate;
  terminatedFraction: number;
  /** Distinct-2: different pairs of neighboring words over all such pairs, in all of its answers together. */
  distinctFraction: number;
  /**
   * Answers that state a number (a room, a time, a count) which their prompt has not, as a share. Some may be right, so it is the change that tells; no reward sees it
   * that was not taught to. Null in reports of earlier versions.
   */
  strayNumbers: Estimate | null;
  /**
   * Blind votes of people, against the first checkpoint. Prompts that both answered with the same text are ties that nobody needs to see
   * (`equalAnswers`); they enter `winRate` in proportion to the votes, all of them once every pair is voted on.
   */
  winRate: WinRate | null;
  equalAnswers: number;
}

export interface ComparisonReport {
  id: string;
  name: string;
  state: RunState;
  /** Answers so far, of how many. */
  progress: { done: number; total: number };
  error: string | null;
  createdAt: number;
  checkpoints: CheckpointMeasures[];
  prompts: number;
  /** Pairs waiting for this person's blind vote. */
  votesWaiting: number;
  votes: number;
}

export interface ComparisonRow {
  promptId: string;
  prompt: Message[];
  /** One per checkpoint, in the report's order. `reward` and origin are hidden while a blind vote on the prompt is open. */
  answers: { text: string; reward: number | null; kl: number | null; tokens: number; terminated: boolean }[];
  /**
   * A blind vote on this prompt is open: the answers are in an order drawn from person and prompt, not the report's, and `reward` and `kl` are null.
   */
  blind: boolean;
  /** This person's vote: which checkpoint (index) was better, or a tie. */
  vote: 'first' | 'second' | 'tie' | null;
}

export const reportId = z.strictObject({ report: z.string() });
export const reportRows = z.strictObject({
  report: z.string(),
  after: z.string().nullable().default(null),
  limit: z.int().min(1).max(100).default(20),
  /** Show origins and rewards also where this person's blind vote is open: they are done voting. */
  reveal: z.boolean().default(false),
});

export interface CompareApi {
  checkpoints(): CheckpointView[];
  start(input: z.output<typeof startComparison>): { report: string };
  /** Ends a report that is being answered; what it has is not kept. */
  stop(report: string): void;
  list(personId: string): ComparisonReport[];
  get(personId: string, report: string): ComparisonReport;
  rows(personId: string, input: z.output<typeof reportRows>): { rows: ComparisonRow[]; next: string | null };
  finished(report: string): Promise<void>;
}
