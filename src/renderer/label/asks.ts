import type { LabelItem } from '#shared/api/labeling.ts';
import type { GuidelineView } from '#shared/api/project.ts';
import type { GuidelineAsks } from '#shared/domain.ts';
import type { Decision } from './answers.ts';
import type { DraftStore, RatingsDraft } from './drafts.ts';

const nothing: GuidelineAsks = { aspects: [], minimumReason: 0 };

/** What is asked for beside the choice; a blind vote is asked for nothing. */
export const asksOf = (guideline: GuidelineView | null, blind: boolean): GuidelineAsks => (blind ? nothing : (guideline?.asks ?? nothing));

/** What the guideline asks for and a decision does not have yet; null when nothing is missing. Who skips a pair owes nothing. */
export function missingOf(asks: GuidelineAsks, item: LabelItem, decision: Decision, drafts: DraftStore): 'ratings' | 'reason' | null {
  if (decision.skipped !== null) return null;
  const ratings = drafts.readRatings(item.assignmentId);
  if (nextUnrated(asks.aspects, item, ratings) !== null) return 'ratings';
  return drafts.read(item.assignmentId).trim().length < asks.minimumReason ? 'reason' : null;
}

/** A rating to give: an aspect, and a response by its place from the left. */
export interface Cell {
  aspect: string;
  place: number;
}

/** The first rating that is missing, aspect by aspect and from left to right; null when all are there. */
export function nextUnrated(aspects: readonly string[], item: LabelItem, ratings: RatingsDraft): Cell | null {
  for (const aspect of aspects) {
    const place = item.responses.findIndex(({ slot }) => ratings[aspect]?.[slot] == null);
    if (place >= 0) return { aspect, place };
  }
  return null;
}

/** The draft with one rating more; responses are kept by their slots, whatever side they are shown on. */
export function rated(ratings: RatingsDraft, item: LabelItem, { aspect, place }: Cell, value: number): RatingsDraft {
  const slots = item.responses.length;
  const before = ratings[aspect] ?? [];
  const row = Array.from({ length: slots }, (_, slot) => before[slot] ?? null);
  const slot = item.responses[place]?.slot;
  if (slot !== undefined) row[slot] = value;
  return { ...ratings, [aspect]: row };
}
