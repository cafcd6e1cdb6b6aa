import type { Message, Ranking, Strength } from '#shared/domain.ts';

/** One row of a file, in our own words, whatever the format was. */
export interface ImportedRow {
  prompt: Message[];
  topic: string | null;
  responses: { messages: Message[]; origin: string | null }[];
  /** Null for a prompt alone and for an unlabeled pair. */
  preference: { ranking: Ranking; strength: Strength } | null;
  /** The responses stand in the order in which whoever preferred one saw them: the preference was given by position (never so where a file names them chosen and rejected). */
  inOrderShown?: boolean;
}

/** A row, or the reason why it is none, worded to follow "line 12: ". */
export type Reading = { row: ImportedRow } | { reason: string };

/** Ranking of a pair whose first (0) or second (1) response is better, or of a tie. */
export function rankingOf(better: 0 | 1 | 'tie'): Ranking {
  if (better === 'tie') return [[0, 1]];
  return better === 0 ? [[0], [1]] : [[1], [0]];
}

export function user(content: string): Message[] {
  return [{ role: 'user', content }];
}

export function assistant(content: string): Message[] {
  return [{ role: 'assistant', content }];
}
