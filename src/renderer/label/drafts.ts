import type { AspectRatings } from '#shared/domain.ts';

/** Ratings in the making, by aspect: one a response in the order of the comparison's slots, null while it has none. */
export type RatingsDraft = Record<string, (number | null)[]>;

/** Reasons and ratings being given, kept by assignment at every keystroke so that they survive a crash of the page. */
export interface DraftStore {
  read(assignmentId: string): string;
  write(assignmentId: string, text: string): void;
  readRatings(assignmentId: string): RatingsDraft;
  writeRatings(assignmentId: string, ratings: RatingsDraft): void;
  /** Reason and ratings. */
  clear(assignmentId: string): void;
}

export function draftStore(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): DraftStore {
  const key = (assignmentId: string) => `plumbline.reason.${assignmentId}`;
  const ratingsKey = (assignmentId: string) => `plumbline.ratings.${assignmentId}`;
  return {
    read: (assignmentId) => storage.getItem(key(assignmentId)) ?? '',
    write: (assignmentId, text) => (text === '' ? storage.removeItem(key(assignmentId)) : storage.setItem(key(assignmentId), text)),
    readRatings: (assignmentId) => parse(storage.getItem(ratingsKey(assignmentId))),
    writeRatings: (assignmentId, ratings) => storage.setItem(ratingsKey(assignmentId), JSON.stringify(ratings)),
    clear: (assignmentId) => {
      storage.removeItem(key(assignmentId));
      storage.removeItem(ratingsKey(assignmentId));
    },
  };
}

/** The ratings as a judgment carries them: aspects that have one for each response; null when there is none. */
export function givenRatings(draft: RatingsDraft): AspectRatings | null {
  const whole = Object.entries(draft).filter((entry): entry is [string, number[]] => entry[1].length > 0 && !entry[1].includes(null));
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
