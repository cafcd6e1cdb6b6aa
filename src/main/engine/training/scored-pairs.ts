/** Raw rewards of pairs, the tokens of each response, and what people said. */
export interface ScoredPairs {
  chosen: readonly number[];
  rejected: readonly number[];
  chosenLengths: readonly number[];
  rejectedLengths: readonly number[];
  softTargets: readonly number[];
  /** The same by each member, [n][K]; null for a reward model with one head. */
  members?: { chosen: readonly (readonly number[])[]; rejected: readonly (readonly number[])[] } | null;
}
