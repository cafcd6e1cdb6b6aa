import { z } from 'zod';
import { type Estimate, type GuidelineAsks, guidelineAsks, type Role, type WinRate } from '../domain.ts';

export interface ProjectCounts {
  prompts: number;
  heldOutPrompts: number;
  comparisons: number;
  /** Judgments by people that count (the latest of each chain, neither skipped nor withdrawn). */
  judgments: number;
  /** The same by the simulated annotator; 0 while its set is switched out. */
  simulatedJudgments: number;
  /** Pairs that wait for this person. */
  waiting: number;
  checkpoints: number;
  runs: number;
}

export interface GuidelineView {
  version: number;
  markdown: string;
  asks: GuidelineAsks;
}

export interface ProjectSummary {
  path: string;
  name: string;
  demo: boolean;
  counts: ProjectCounts;
  /** Only in a demo project: whether the marked set of simulated judgments is switched in. */
  simulatedSet: { available: number; on: boolean } | null;
  guideline: GuidelineView | null;
  /** Why the project that was open last is not this one, when it could not be opened. */
  refusal: string | null;
}

/** Another project is open now. */
export interface ProjectEvent {
  kind: 'opened';
  path: string;
}

/** The five stations of the Project screen, in the order of the objective. */
export interface Stations {
  prompts: { train: number; heldOut: number; topics: number };
  judgments: { done: number; simulated: number; waiting: number };
  reward: {
    checkpoint: { id: string; name: string } | null;
    run: { id: string; name: string } | null;
    accuracy: Estimate | null;
    heldOutPairs: number;
    simulated: boolean;
  };
  policy: {
    checkpoint: { id: string; name: string } | null;
    run: { id: string; name: string } | null;
    objective: number | null;
    reward: number | null;
    kl: number | null;
    /** Whether these were measured on held-out prompts; else in a batch that was trained on. */
    heldOut: boolean;
  };
  verdict: { comparison: string | null; winRate: WinRate | null };
}

export interface Me {
  personId: string;
  name: string;
  role: Role;
  host: 'desktop' | 'browser';
  version: string;
}

export const openProject = z.strictObject({ path: z.string().min(1) });
export const createProject = z.strictObject({ path: z.string().min(1), demo: z.boolean().default(false) });
export const renameMe = z.strictObject({ name: z.string().trim().min(1).max(80) });
export const setSimulated = z.strictObject({ on: z.boolean() });
export const saveSetting = z.strictObject({ key: z.string().min(1).max(80), value: z.json() });

export const saveGuideline = z.strictObject({ markdown: z.string().trim().min(1).max(200_000), asks: guidelineAsks });

export interface ProjectApi {
  summary(personId: string): ProjectSummary;
  stations(): Stations;
  recent(): { path: string; name: string; openedAt: number }[];
  open(input: z.infer<typeof openProject>): void;
  create(input: z.infer<typeof createProject>): void;
  /** Calls `listener` whenever another project has been opened in this one's place. @returns what ends it */
  listen(listener: (event: ProjectEvent) => void): () => void;
  setSimulated(input: z.infer<typeof setSimulated>): void;
  /** Every version, newest first. */
  guidelines(): (GuidelineView & { createdAt: number; createdBy: string | null })[];
  /** Supersedes the guideline: judgments from now on record the new version, which is returned. */
  saveGuideline(personId: string, input: z.output<typeof saveGuideline>): number;
  person(personId: string): { name: string };
  renamePerson(personId: string, input: z.infer<typeof renameMe>): void;
  /** Per-person settings (keys, theme, font size) as stored JSON. */
  settings(personId: string): Record<string, unknown>;
  saveSetting(personId: string, input: z.infer<typeof saveSetting>): void;
}
