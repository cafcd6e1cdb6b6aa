/**
 * The gold judge: parses every sentence of a reply by the grammar's own templates and scores what it finds. It stands in for a person
 * only in tests, in the simulated annotator, in the proof and, labeled as simulated, in the app's demonstration of over-optimization;
 * nothing that trains or counts for a project ever sees it.
 */
import { type Intent, type IntentName, intentNames, intents } from './intents/index.ts';
import { asides, curtClosers, curtOpeners, warmClosers, warmClosersByName, warmOpeners, warmOpenersByName } from './manners.ts';
import type { DeskPrompt } from './prompt.ts';
import { type SlotKind, slotKind, slotKinds } from './slots.ts';
import { compile, type Match } from './template.ts';

type Manner = 'warm' | 'curt' | 'aside';
const manners: { kind: Manner; read: (sentence: string) => Match | null }[] = [
  ...[...warmOpeners, ...warmOpenersByName, ...warmClosers, ...warmClosersByName].map((t) => ({ kind: 'warm' as const, read: compile(t) })),
  ...[...curtOpeners, ...curtClosers].map((t) => ({ kind: 'curt' as const, read: compile(t) })),
  ...asides.map((t) => ({ kind: 'aside' as const, read: compile(t) })),
];
type Core = 'exact' | 'promise' | 'vague' | 'useful';
const cores = Object.fromEntries(
  intentNames.map((name) => {
    const intent: Intent = intents[name];
    const kinds = ['exact', 'promise', 'vague', 'useful'] as const;
    return [name, kinds.flatMap((kind) => intent[kind].map((template) => ({ kind, read: compile(template) })))];
  }),
) as Record<IntentName, { kind: Core; read: (sentence: string) => Match | null }[]>;

export interface Judgment {
  sentences: number;
  words: number;
  warm: number;
  curt: number;
  aside: number;
  /** Sentences on the topic, by kind, and sentences about something else. */
  exact: number;
  promise: number;
  vague: number;
  useful: number;
  off: number;
  garbled: number;
  repeated: number;
  /** Slot values that the reply names on the topic or of the guest: as the request said, or not. */
  right: SlotKind[];
  wrong: SlotKind[];
  /** In half points, −4 … 4. */
  gold: number;
}

/** Splits behind . ? ! but not behind “Mr.” and “Ms.”. */
function sentencesOf(reply: string): string[] {
  return reply
    .trim()
    .split(/(?<=[.!?])(?<!\bM[rs]\.)\s+/)
    .filter((sentence) => sentence.length > 0);
}

/** @param ended whether the reply ended by itself; an unfinished one is worth a point less. */
export function judge(prompt: DeskPrompt, reply: string, ended = true): Judgment {
  const found: Judgment = {
    sentences: 0,
    words: reply.trim().split(/\s+/).length,
    warm: 0,
    curt: 0,
    aside: 0,
    exact: 0,
    promise: 0,
    vague: 0,
    useful: 0,
    off: 0,
    garbled: 0,
    repeated: 0,
    right: [],
    wrong: [],
    gold: 0,
  };
  const compare = (match: Match): void => {
    for (const { slot, value } of match.said) {
      const same = prompt.values[slot]?.toLowerCase() === value.toLowerCase();
      (same ? found.right : found.wrong).push(slotKind(slot));
    }
  };
  const seen = new Set<string>();
  for (const sentence of sentencesOf(reply)) {
    found.sentences++;
    if (seen.has(sentence.toLowerCase())) found.repeated++;
    seen.add(sentence.toLowerCase());
    read(prompt, sentence, found, compare);
  }
  found.gold = score(found, ended);
  return found;
}

function read(prompt: DeskPrompt, sentence: string, found: Judgment, compare: (match: Match) => void): void {
  for (const core of cores[prompt.intent]) {
    const match = core.read(sentence);
    if (match) {
      found[core.kind]++;
      compare(match);
      return;
    }
  }
  for (const manner of manners) {
    const match = manner.read(sentence);
    if (match) {
      found[manner.kind]++;
      compare(match);
      return;
    }
  }
  const elsewhere = intentNames.some((name) => name !== prompt.intent && cores[name].some((core) => core.read(sentence)));
  if (elsewhere) found.off++;
  else found.garbled++;
}

/** What a guest would want, in half points: an answer to the request, with true particulars, in a kind voice, and not too long. */
function score(found: Judgment, ended: boolean): number {
  if (found.sentences === found.garbled) return -4;
  const answered = found.exact + found.promise + found.vague;
  let gold = answered > 0 ? 1 : -1.5;
  gold += found.exact > 0 ? 1.5 : found.promise > 0 ? 0.5 : 0;
  gold -= Math.min(2, found.wrong.length);
  if (found.exact > 0 && found.wrong.length === 0) gold += 0.5;
  if (found.warm > 0 && found.curt === 0) gold += found.warm > 2 ? 0.5 : 1;
  gold -= Math.min(1.5, found.curt);
  if (found.useful > 0) gold += 0.5;
  gold -= 0.5 * Math.min(3, found.aside);
  gold -= 0.5 * Math.min(2, answered > 0 ? found.off + answered - 1 : 0);
  gold -= found.repeated + 1.5 * found.garbled;
  if (found.words > 45) gold -= 0.5;
  if (!ended) gold -= 1;
  return Math.max(-4, Math.min(4, Math.round(gold * 2) / 2));
}

/** One-word notes that describe a reply, without praise or blame (docs/demo.md, Notes). The last twelve are about slot values. */
export const noteWords = [
  'exact',
  'promise',
  'vague',
  'elsewhere',
  'warm',
  'plain',
  'curt',
  'useful',
  'bare',
  'brisk',
  'chatty',
  'rambling',
  'fluent',
  'garbled',
  'said',
  'unsaid',
  ...slotKinds.flatMap((kind) => [`same-${kind}` as const, `other-${kind}` as const]),
] as const;
export type Note = (typeof noteWords)[number];

/** Notes that answer one question: exactly one of a group is true, or none if the reply gives no occasion. */
export const noteGroups: readonly (readonly Note[])[] = [
  ['exact', 'promise', 'vague', 'elsewhere'],
  ['warm', 'plain', 'curt'],
  ['useful', 'bare'],
  ['brisk', 'chatty', 'rambling'],
  ['fluent', 'garbled'],
  ['said', 'unsaid'],
  ...slotKinds.map((kind): [Note, Note] => [`same-${kind}`, `other-${kind}`]),
];

/** The notes that are true of a whole reply. “Said” and “unsaid” are asked of single slot values instead (corpus.ts). */
export function notesOf(found: Judgment): Note[] {
  const notes: Note[] = [
    found.exact > 0 ? 'exact' : found.promise > 0 ? 'promise' : found.vague > 0 ? 'vague' : 'elsewhere',
    found.curt > 0 ? 'curt' : found.warm > 0 ? 'warm' : 'plain',
    found.useful > 0 ? 'useful' : 'bare',
    found.aside === 0 ? 'brisk' : found.aside === 1 ? 'chatty' : 'rambling',
    found.garbled > 0 ? 'garbled' : 'fluent',
  ];
  for (const kind of new Set([...found.right, ...found.wrong])) notes.push(found.wrong.includes(kind) ? `other-${kind}` : `same-${kind}`);
  return notes;
}
