import type { Connection } from '../connection.ts';

/** What the lead set for handing pairs out (migration 008). Shares are of one. */
export interface QueueRules {
  /** Share of comparisons that `overlapPeople` see instead of one. */
  overlap: number;
  overlapPeople: number;
  /** How many see a comparison at most, where they disagree. */
  mostPeople: number;
  /** Share of a person's pairs that are an earlier one again, sides swapped; null: 5% in a team, none for one alone. */
  repeatShare: number | null;
  /** Share that have a known answer; null as above. */
  goldShare: number | null;
  next: 'order' | 'random' | 'uncertainty' | 'disagreement' | 'newest';
  /** At least this share of what is handed out first is drawn at random. */
  randomShare: number;
}

export function createRuleQueries(connection: Connection) {
  const get = connection.prepare<undefined, QueueRules>(
    `SELECT overlap, overlap_people AS overlapPeople, most_people AS mostPeople, repeat_share AS repeatShare, gold_share AS goldShare, next,
       random_share AS randomShare FROM queue_rules`,
  );
  const save = connection.prepare<QueueRules>(
    `UPDATE queue_rules SET overlap = @overlap, overlap_people = @overlapPeople, most_people = @mostPeople, repeat_share = @repeatShare,
       gold_share = @goldShare, next = @next, random_share = @randomShare`,
  );
  return {
    get(): QueueRules {
      const rules = get.get();
      if (!rules) throw new Error('A project without queue rules: migration 008 writes them.');
      return rules;
    },
    save: (rules: QueueRules) => save.run(rules),
  };
}
