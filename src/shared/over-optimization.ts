import { mean } from './statistics.ts';

/** Held-out prompts that are answered at every step, so that gold can be followed. */
export const followedPrompts = 100;

/** Settings under which PPO or GRPO over-optimizes within a few steps where β is 0; with β at its default they isolate β's part. */
export const pushed = { learningRate: 1e-3, schedule: 'constant', steps: 12, sampleEvery: 1 } as const;

/** An answer that a policy gave while it was trained, with what the reward model (the proxy) and what stands for people (gold) make of it. */
export interface JudgedAnswer {
  step: number;
  /** Nats, against SFT. */
  kl: number;
  proxy: number;
  gold: number;
}

/** Means over the answers of one step. */
export type CourseRow = JudgedAnswer;

/** A row with the settings it was reached by, as `npm run proof` and the app's demonstration report it. */
export interface OverOptimizationRow extends CourseRow {
  course: string;
  beta: number;
  learningRate: number;
}

/** Rows of several courses, one list a course, in the order in which they come. */
export function coursesOf(rows: readonly OverOptimizationRow[]): { name: string; rows: OverOptimizationRow[] }[] {
  return [...Map.groupBy(rows, ({ course }) => course)].map(([name, own]) => ({ name, rows: own }));
}

/** A run's course by step: how far it went from SFT, and what both judges made of it there. Step 0 is SFT itself. */
export function courseOf(answers: readonly JudgedAnswer[]): CourseRow[] {
  return [...Map.groupBy(answers, ({ step }) => step)]
    .sort(([a], [b]) => a - b)
    .map(([step, rows]) => ({
      step,
      kl: mean(rows.map(({ kl }) => kl)),
      proxy: mean(rows.map(({ proxy }) => proxy)),
      gold: mean(rows.map(({ gold }) => gold)),
    }));
}

/** What a course shows of over-optimization (Gao et al. 2023): the proxy goes on rising while gold has passed its peak. */
export interface CourseVerdict {
  /** Gold of the first row, which is SFT's. */
  sftGold: number;
  peak: CourseRow;
  last: CourseRow;
  /** The first step from which gold stays below SFT's to the end; null when it does not. */
  belowSftFrom: number | null;
  /** Gold that was lost since its peak, and what the proxy gained meanwhile. */
  goldLost: number;
  proxyGained: number;
}

/** @throws RangeError without rows. */
export function verdictOf(course: readonly CourseRow[]): CourseVerdict {
  const [first, last] = [course[0], course.at(-1)];
  if (!first || !last) throw new RangeError('A course without rows shows nothing.');
  const peak = course.reduce((best, row) => (row.gold > best.gold ? row : best));
  const firstOfTail = course.findLastIndex(({ gold }) => gold >= first.gold) + 1;
  return {
    sftGold: first.gold,
    peak,
    last,
    belowSftFrom: course[firstOfTail]?.step ?? null,
    goldLost: peak.gold - last.gold,
    proxyGained: last.proxy - peak.proxy,
  };
}
