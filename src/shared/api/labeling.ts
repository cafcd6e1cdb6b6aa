import { z } from 'zod';
import { type AspectRatings, aspectRatings, type Message, ranking, strength } from '../domain.ts';

/** One comparison as it is shown to one person. Where a response came from is not in it: it is hidden until the vote. */
export interface LabelItem {
  assignmentId: string;
  comparisonId: string;
  /** The queue it came in; a check among the pairs looks like any other. */
  purpose: WorkQueue;
  prompt: Message[];
  topic: string | null;
  /** In the order shown: index 0 is A (left). `slot` is the response's place in the comparison, which rankings speak of. */
  responses: { slot: number; messages: Message[] }[];
  /** This person's judgment that counts now, if there is one (on revisiting). */
  current: JudgmentView | null;
  /** What they judged and took back, until they judge it anew: nothing of it is lost, and it can be judged so again. */
  takenBack: JudgmentView | null;
}

export interface JudgmentView {
  id: string;
  ranking: number[][] | null;
  strength: 1 | 2 | 3 | null;
  bothBad: boolean;
  skipped: string | null;
  flagged: string | null;
  rationale: string | null;
  ratings: AspectRatings | null;
  decidedAt: number;
}

export interface LabelProgress {
  /** Judged by this person in this queue, and how many that is of all that are for them as things stand (others may take some). */
  done: number;
  total: number;
  /** Judgments an hour over this session, once there are five. */
  pace: number | null;
  sessionSeconds: number;
}

/** What a person works through: their share of the team's pairs (checks among them), a comparison report's blind votes, or pairs that others could not agree on. */
export const workQueue = z.enum(['labeling', 'study', 'adjudication']);
export type WorkQueue = z.infer<typeof workQueue>;

export const queueInput = z.strictObject({
  /** `study` comes with the comparison report it belongs to; `adjudication` is the lead's. */
  purpose: workQueue.default('labeling'),
  report: z.string().nullable().default(null),
  count: z.int().min(1).max(20).default(4),
  /** Assignments that the page already holds. */
  holding: z.array(z.string()).max(40).default([]),
});

/** UTC milliseconds by the page's clock, up to the year 9999. */
const time = z.int().min(0).max(253_402_300_799_999);

export const judgeInput = z.strictObject({
  assignmentId: z.string(),
  /** Made by the page before it sends; the same judgment sent again lands once. */
  idempotencyKey: z.string().min(8).max(80),
  /** Null when skipped. */
  ranking: ranking.nullable(),
  strength: strength.nullable().default(null),
  bothBad: z.boolean().default(false),
  skipped: z.string().max(2000).nullable().default(null),
  flagged: z.string().max(2000).nullable().default(null),
  rationale: z.string().max(20_000).nullable().default(null),
  ratings: aspectRatings.nullable().default(null),
  /**
   * The guideline that this person had before them (null: none): the judgment was made under that one, whatever is in force when it arrives.
   * Left out: the one in force.
   */
  guidelineVersion: z.int().min(1).nullable().optional(),
  /**
   * The judgment of this pair that the page knew of, which this one replaces: its id, or its idempotency key where it was not answered yet; null for none.
   * Where another one counts by now it is a conflict. Left out: whatever counts is replaced.
   */
  revises: z.string().max(80).nullable().optional(),
  times: z.strictObject({ shown: time, firstKey: time.nullable(), decided: time }),
});
export type JudgeInput = z.input<typeof judgeInput>;

export const undoInput = z.strictObject({
  purpose: workQueue.default('labeling'),
  report: z.string().nullable().default(null),
  idempotencyKey: z.string().min(8).max(80),
});

export const mineInput = z.strictObject({
  search: z.string().max(200).default(''),
  /** The key of the page: `next` of the one before. */
  before: z.int().nullable().default(null),
  limit: z.int().min(1).max(100).default(50),
});
export const revisitInput = z.strictObject({ assignmentId: z.string() });

/** One of a person's own judgments. */
export interface MineRow {
  assignmentId: string;
  prompt: string;
  /** Slots from left to right, as they were shown. */
  shown: number[];
  judgment: JudgmentView;
}

/** What every answer tells. */
export interface LabelNews {
  progress: LabelProgress;
  /** The guideline in force, which may be newer than the one that the page shows. */
  guidelineVersion: number | null;
}
export interface QueueResult extends LabelNews {
  items: LabelItem[];
  /** Of the assignments that the page holds: those judged or taken away meanwhile, in another window. */
  gone: string[];
}
export interface JudgeResult extends LabelNews {
  judgmentId: string;
}
export interface UndoResult extends LabelNews {
  item: LabelItem | null;
}

export interface LabelingApi {
  /** The next pairs for this person, assigning them (order shown drawn from person and comparison) as they are handed out. */
  queue(personId: string, input: z.output<typeof queueInput>): QueueResult;
  /** Durable when it returns. @throws PlainError bad_input where its guideline asks for more, conflict where another window judged the pair meanwhile */
  judge(personId: string, input: z.output<typeof judgeInput>): JudgeResult;
  /** This person's own judgments, newest first. */
  mine(personId: string, input: z.output<typeof mineInput>): { rows: MineRow[]; next: number | null };
  /** One of them, to be judged anew: a revision is a new row. */
  revisit(personId: string, input: z.output<typeof revisitInput>): LabelItem;
  /** Withdraws this person's latest judgment (a new row; nothing is overwritten) and hands its pair back with what was said of it; null when there is none left. */
  undo(personId: string, input: z.output<typeof undoInput>): UndoResult;
}
