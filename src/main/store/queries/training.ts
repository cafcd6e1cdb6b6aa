import type { Message, PersonKind, Ranking, Split, Strength } from '#shared/domain.ts';
import type { Connection } from '../connection.ts';

/** A judgment that counts and may train, without the texts it speaks of. */
export interface TrainingHead {
  id: string;
  kind: PersonKind;
  promptId: string;
  split: Split;
  /** Never empty where one was chosen; empty only of those that are judged both bad. */
  ranking: Ranking;
  strength: Strength | null;
}
/** The same with its texts. */
export interface TrainingJudgment extends TrainingHead {
  prompt: Message[];
  /** By slot. */
  responses: Message[][];
}

export interface TrainingCount {
  kind: PersonKind;
  split: Split;
  judgments: number;
  /** Those that say of some two responses which is better. */
  untied: number;
  prompts: number;
}

/**
 * What training reads of the judgments: the latest of each chain, of people who are switched in, with a ranking; never a study's or a check's (gold,
 * repeat, calibration). Of a comparison that was adjudicated, the adjudicator's alone; a model's own opinion beside it stays.
 */
export function createTrainingQueries(connection: Connection) {
  const counted = (which: string) => `counted_judgments JOIN prompts ON prompts.id = prompt_id WHERE purpose = 'labeling' AND ${which}
    AND (kind = 'model' OR NOT EXISTS (SELECT 1 FROM adjudications JOIN assignments ON assignments.id = adjudications.assignment_id AND state = 'judged'
      WHERE adjudications.comparison_id = counted_judgments.comparison_id AND adjudications.assignment_id <> counted_judgments.assignment_id))`;
  const usable = counted('ranking IS NOT NULL AND both_bad = 0');
  const counts = connection.prepare<undefined, TrainingCount>(
    `SELECT kind, split, count(*) AS judgments, sum(json_array_length(ranking) > 1) AS untied, count(DISTINCT prompt_id) AS prompts
     FROM ${usable} GROUP BY kind, split`,
  );
  const heads = connection.prepare<{ kinds: string }, Omit<TrainingHead, 'ranking'> & { ranking: string }>(
    `SELECT counted_judgments.id, kind, prompt_id AS promptId, split, ranking, strength
     FROM ${usable} AND kind IN (SELECT value FROM json_each(@kinds)) ORDER BY counted_judgments.seq`,
  );
  const bothBad = connection.prepare<{ kinds: string }, Omit<TrainingHead, 'ranking'>>(
    `SELECT counted_judgments.id, kind, prompt_id AS promptId, split, strength
     FROM ${counted('both_bad = 1')} AND kind IN (SELECT value FROM json_each(@kinds)) ORDER BY counted_judgments.seq`,
  );
  // The messages are JSON already, so that lists of them are made by joining text.
  const texts = connection.prepare<{ id: string }, { prompt: string; responses: string }>(
    `SELECT prompts.messages AS prompt, '[' || (SELECT group_concat(messages, ',') FROM (SELECT messages FROM comparison_responses
          JOIN responses ON responses.id = response_id WHERE comparison_id = comparisons.id ORDER BY slot)) || ']' AS responses
     FROM judgments JOIN assignments ON assignments.id = assignment_id JOIN comparisons ON comparisons.id = comparison_id
     JOIN prompts ON prompts.id = prompt_id WHERE judgments.id = @id`,
  );
  return {
    counts: () => counts.all(),
    /** Of the kinds of people given, oldest first. */
    heads: (kinds: readonly PersonKind[]): TrainingHead[] =>
      heads.all({ kinds: JSON.stringify(kinds) }).map((row) => ({ ...row, ranking: JSON.parse(row.ranking) as Ranking })),
    /** Those that say only that all responses are bad; their ranking is empty. */
    bothBad: (kinds: readonly PersonKind[]): TrainingHead[] =>
      bothBad.all({ kinds: JSON.stringify(kinds) }).map((row) => ({ ...row, ranking: [] })),
    withTexts(head: TrainingHead): TrainingJudgment {
      const row = texts.get({ id: head.id });
      return {
        ...head,
        prompt: JSON.parse(row?.prompt ?? '[]') as Message[],
        responses: JSON.parse(row?.responses ?? '[]') as Message[][],
      };
    },
  };
}
