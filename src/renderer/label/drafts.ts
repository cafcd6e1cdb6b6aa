import type { JudgmentView } from '#shared/api/labeling.ts';
import type { AspectRatings } from '#shared/domain.ts';

/** Ratings in the making, by aspect: one a response in the order of the comparison's slots, null while it has none. */
export type RatingsDraft = Record<string, (number | null)[]>;

/** What goes with a judgment beside the choice, while it is being said. */
type Said = Pick<JudgmentView, 'rationale' | 'ratings' | 'flagged'>;

/** Reasons, ratings and flags being given, kept by assignment at every keystroke so that they survive a crash of the page. */
export interface DraftStore {
  read(assignmentId: string): string;
  write(assignmentId: string, text: string): void;
  readRatings(assignmentId: string): RatingsDraft;
  writeRatings(assignmentId: string, ratings: RatingsDraft): void;
  readFlag(assignmentId: string): string | null;
  writeFlag(assignmentId: string, reason: string | null): void;
  /** Begins with what was said of the pair before, wherever nothing is being said of it yet; what was emptied since stays empty. */
  recall(assignmentId: string, said: Said): void;
  /** Forgets what says no more than was said already; what was changed is kept. */
  forgetUnchanged(assignmentId: string, said: Said): void;
  clear(assignmentId: string): void;
}

export function draftStore(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): DraftStore {
  const reasonKey = (assignmentId: string) => `plumbline.reason.${assignmentId}`;
  const ratingsKey = (assignmentId: string) => `plumbline.ratings.${assignmentId}`;
  const flagKey = (assignmentId: string) => `plumbline.flag.${assignmentId}`;
  const keysOf = (assignmentId: string) => [reasonKey(assignmentId), ratingsKey(assignmentId), flagKey(assignmentId)];
  /** As `said` would be stored, key by key; null where it says nothing. */
  const stored = ({ rationale, ratings, flagged }: Said) => [rationale, ratings && JSON.stringify(ratings), flagged];

  const store: DraftStore = {
    read: (assignmentId) => storage.getItem(reasonKey(assignmentId)) ?? '',
    write: (assignmentId, text) => storage.setItem(reasonKey(assignmentId), text),
    readRatings: (assignmentId) => parse(storage.getItem(ratingsKey(assignmentId))),
    writeRatings: (assignmentId, ratings) => storage.setItem(ratingsKey(assignmentId), JSON.stringify(ratings)),
    readFlag: (assignmentId) => storage.getItem(flagKey(assignmentId)) || null,
    writeFlag: (assignmentId, reason) => storage.setItem(flagKey(assignmentId), reason ?? ''),
    recall: (assignmentId, said) => {
      const before = stored(said);
      keysOf(assignmentId).forEach((key, index) => {
        const text = before[index];
        if (text && storage.getItem(key) === null) storage.setItem(key, text);
      });
    },
    forgetUnchanged: (assignmentId, said) => {
      const before = stored(said);
      if (keysOf(assignmentId).every((key, index) => (storage.getItem(key) || null) === (before[index] || null))) store.clear(assignmentId);
    },
    clear: (assignmentId) => {
      for (const key of keysOf(assignmentId)) storage.removeItem(key);
    },
  };
  return store;
}

/** The ratings as a judgment carries them: of the aspects asked for, those that have one for each response; null when there is none. */
export function givenRatings(draft: RatingsDraft, aspects: readonly string[]): AspectRatings | null {
  const whole = Object.entries(draft).filter(
    (entry): entry is [string, number[]] => aspects.includes(entry[0]) && entry[1].length > 0 && !entry[1].includes(null),
  );
  return whole.length === 0 ? null : Object.fromEntries(whole);
}

function parse(stored: string | null): RatingsDraft {
  if (stored === null) return {};
  try {
    return JSON.parse(stored) as RatingsDraft;
  } catch {
    return {}; // half a write of a crashed page
  }
}
