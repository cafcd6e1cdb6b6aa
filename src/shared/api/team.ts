import { z } from 'zod';
import type { Estimate, PersonKind, Role } from '../domain.ts';
import type { SlicesCompared } from '../jobs.ts';

/** What stands out of a person's judgments beyond chance, given how many people and figures were looked at. */
export interface TeamFlag {
  kind: 'side' | 'fast' | 'self' | 'gold' | 'drift' | 'apart';
  /** `left side`, two or three words. */
  words: string;
  /** The evidence, for whoever it is about. */
  sentence: string;
  /** What a lead can do about it. */
  advice: string;
}

/** What judgments say of the one who made them. Visible to the lead and to that person alone. */
export interface PersonPanel {
  personId: string;
  name: string;
  kind: PersonKind;
  role: Role;
  judged: number;
  /** Measured over the last two weeks, pauses left out; null while there are fewer than five. */
  perHour: number | null;
  /** Judgments a day, the last 14 days, oldest first. */
  days: number[];
  /** Same answer as others on the same pairs, ties left out. */
  rest: Estimate | null;
  /** The same answer again, sides swapped. */
  self: Estimate | null;
  gold: Estimate | null;
  calibration: Estimate | null;
  left: Estimate | null;
  longer: Estimate | null;
  list: Estimate | null;
  heading: Estimate | null;
  bold: Estimate | null;
  fast: Estimate | null;
  /** Agreement with the rest in the first and the second half of this person's judgments. */
  drift: { early: Estimate; late: Estimate } | null;
  flags: TeamFlag[];
}

/** Each with a bootstrap interval by item; null where nothing is shared yet. */
export interface TeamAgreement {
  withoutTies: Estimate | null;
  withTies: Estimate | null;
  self: Estimate | null;
  gold: Estimate | null;
  cohen: Estimate | null;
  fleiss: Estimate | null;
  alphaNominal: Estimate | null;
  alphaOrdinal: Estimate | null;
  ac1: Estimate | null;
  ac2: Estimate | null;
}

export interface TeamBiases {
  left: Estimate | null;
  longer: Estimate | null;
  list: Estimate | null;
  heading: Estimate | null;
  bold: Estimate | null;
  fast: Estimate | null;
}

/** A second opinion: an imported judge's or a reward model's votes, never counted as a person's. */
export interface ModelOpinion {
  personId: string;
  name: string;
  judged: number;
  /** Same answer as people on the same pairs, ties left out. */
  withPeople: Estimate | null;
  /** How often it picks the one shown first; null where it was not shown an order. */
  first: Estimate | null;
  /** The same answer with the two swapped. */
  swapped: Estimate | null;
}

export interface TeamReport {
  /** Whose judgments: people's, or a simulated team's, which is always said. */
  kind: 'person' | 'simulated';
  judgments: number;
  /** Pairs that two or more judged. */
  sharedPairs: number;
  agreement: TeamAgreement;
  biases: TeamBiases;
  people: PersonPanel[];
  /** Between two people, ties left out. */
  couples: { first: string; second: string; agreement: Estimate }[];
  models: ModelOpinion[];
  /** UTC milliseconds. */
  computedAt: number;
}

export interface TeamMember {
  personId: string;
  name: string;
  kind: PersonKind;
  role: Role;
  /** `none`: never invited (an import's, a model's); `here`: the owner at this machine. */
  access: 'here' | 'invited' | 'revoked' | 'none';
  /** Whether this one's judgments count. */
  counts: boolean;
  judged: number;
  createdAt: number;
}

/** The lead's rules for handing out pairs. Shares are of one. */
export const queueRules = z.strictObject({
  overlap: z.number().min(0).max(1),
  overlapPeople: z.int().min(2).max(50),
  mostPeople: z.int().min(2).max(50),
  repeatShare: z.number().min(0).max(0.5).nullable(),
  goldShare: z.number().min(0).max(0.5).nullable(),
  next: z.enum(['order', 'random', 'uncertainty', 'disagreement', 'newest']),
  randomShare: z.number().min(0.2).max(1),
});
export type QueueRulesInput = z.infer<typeof queueRules>;

/** How far the chosen order is: reward models score the pairs that wait in the background. */
export interface OrderingStatus {
  state: 'idle' | 'scoring' | 'failed';
  sentence: string | null;
  /** Pairs ordered by their scores. */
  scored: number;
}

export interface QueueStatus {
  rules: QueueRulesInput;
  /** The check shares in force: 5% in a team unless set, none for one person alone. */
  checks: { repeats: number; gold: number };
  working: number;
  /** Pairs that nobody was given; looks that are still wanted at pairs that somebody has seen. */
  fresh: number;
  moreLooks: number;
  disputes: { open: number; undecided: number; adjudicated: number };
  /** Undecided ones that this person may adjudicate. */
  forAdjudication: number;
  gold: number;
  calibration: number;
  repeats: number;
  /** Gold pairs that this person's own clear answers would make. */
  goldCandidates: number;
  /** How each person stands with the calibration round. */
  calibrating: { personId: string; name: string; left: number }[];
  ordering: OrderingStatus;
}

/** Whether choosing what is labeled next beat drawing at random on this project's own judgments. */
export interface ActiveStatus {
  state: 'idle' | 'measuring' | 'failed';
  sentence: string | null;
  /** The newest measurement; kept in the project. */
  result: (SlicesCompared & { at: number }) | null;
}

/** Reward models that can give a second opinion, and how far the one that does is. */
export interface JudgesStatus {
  candidates: { id: string; name: string; judged: number }[];
  status: OrderingStatus;
}

export interface AdjudicatedPair {
  comparisonId: string;
  prompt: string;
  responses: { slot: number; text: string }[];
  decided: { name: string; answer: number };
  /** Shown only once the adjudicator has voted. */
  others: { name: string; answer: number; rationale: string | null }[];
}

/** What somebody said is wrong with a pair: a flag, or why it was skipped. */
export interface Remark {
  /** Of the judgment. */
  id: string;
  comparisonId: string;
  person: string;
  kind: PersonKind;
  /** The words that came with it, perhaps none; null: not flagged, not skipped. */
  flagged: string | null;
  skipped: string | null;
  at: number;
  prompt: string;
  responses: string[];
}
export interface Remarks {
  flags: number;
  skips: number;
  /** Newest first. */
  rows: Remark[];
  /** The key of the next page. */
  next: number | null;
}

export interface RemovalEffect {
  what: string;
  judgments: number;
  /** Checkpoints whose runs learned from any of them, and how many. */
  checkpoints: { id: string; name: string; judgments: number }[];
}
export interface Removed {
  kind: 'comparison' | 'guideline' | 'person';
  id: string;
  name: string;
  at: number | null;
}

export const invitePerson = z.strictObject({
  name: z.string().trim().min(1).max(80),
  role: z.enum(['lead', 'annotator']).default('annotator'),
});
export const personId = z.strictObject({ personId: z.string().min(1).max(80) });
export const setPersonRole = z.strictObject({ personId: z.string().min(1).max(80), role: z.enum(['lead', 'annotator']) });
export const teamReportInput = z.strictObject({ kind: z.enum(['person', 'simulated']).default('person') });
export const startCalibration = z.strictObject({ pairs: z.int().min(1).max(200) });
export const makeGold = z.strictObject({ pairs: z.int().min(1).max(500) });
export const startJudge = z.strictObject({ checkpoint: z.string().min(1).max(80) });
export const removal = z.strictObject({ kind: z.enum(['comparison', 'guideline', 'person']), id: z.string().min(1).max(80) });
export const remarksInput = z.strictObject({
  /** `next` of the page before. */
  before: z.int().nullable().default(null),
  limit: z.int().min(1).max(200).default(100),
});
export type RemovalInput = z.infer<typeof removal>;

export interface TeamApi {
  /** Everything that judgments say of the team; read in slices, so that no keypress waits for it. */
  report(input: z.output<typeof teamReportInput>): Promise<TeamReport>;
  /** One person's own panel. */
  panel(personId: string): Promise<PersonPanel | null>;
  /** How often two people agree, ties left out: what a reward model's accuracy can be expected to reach. */
  ceiling(): Promise<Estimate | null>;
  members(): TeamMember[];
  /** The token is shown once; only its hash is kept. */
  invite(input: z.output<typeof invitePerson>): { personId: string; token: string };
  renewInvite(personId: string): { token: string };
  revoke(personId: string): void;
  setRole(input: z.output<typeof setPersonRole>): void;
  /** Whom this secret of a session lets in: the hash of an invite's token. */
  invited(secret: string): { personId: string; role: Role } | null;
  queues(personId: string): QueueStatus;
  setRules(input: QueueRulesInput): Promise<void>;
  /** Orders what waits anew, by the newest reward models or policy and with pairs that came since. */
  orderAgain(): Promise<void>;
  startCalibration(input: z.output<typeof startCalibration>): { pairs: number };
  makeGold(personId: string, input: z.output<typeof makeGold>): { pairs: number };
  active(): ActiveStatus;
  /** Measures it in the background. */
  measureActive(): void;
  judges(): JudgesStatus;
  /** Returns once it has begun; votes land in the background. */
  startJudge(input: z.output<typeof startJudge>): void;
  adjudicated(): AdjudicatedPair[];
  /** Pairs that people flagged or skipped. What they preferred is not in it. */
  remarks(input: z.output<typeof remarksInput>): Remarks;
  removalEffect(input: RemovalInput): RemovalEffect;
  remove(by: string, input: RemovalInput): void;
  restore(input: RemovalInput): void;
  removed(): Removed[];
  /** Calls on every judgment that lands, with who and how many they have; for the lead's live progress. */
  listen(listener: (event: TeamEvent) => void): () => void;
}
export interface TeamEvent {
  personId: string;
  name: string;
  judged: number;
  at: number;
}
