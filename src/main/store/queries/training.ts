import type { Message, PersonKind, Ranking, Split, Strength } from '#shared/domain.ts';
import type { Connection } from '../connection.ts';

/** A judgment that counts and may train, with the texts it speaks of. */
export interface TrainingJudgment {
  id: string;
  kind: PersonKind;
  promptId: string;
  split: Split;
  prompt: Message[];
  ranking: Ranking | null;
  strength: Strength | null;
  bothBad: boolean;
  /** By slot. */
  responses: Message[][];
}
type Stored = Omit<TrainingJudgment, 'prompt' | 'ranking' | 'bothBad' | 'responses'> & {
  prompt: string;
  ranking: string | null;
  bothBad: 0 | 1;
  responses: string;
};

export interface TrainingCount {
  kind: PersonKind;
  split: Split;
  /** Judgments with a ranking. */
  judgments: number;
  /** Those whose two responses are not tied. */
  untied: number;
  prompts: number;
}

/** What training reads of the judgments: the latest of each chain, of people who are switched in, never a study's. */
export function createTrainingQueries(connection: Connection) {
  const counts = connection.prepare<undefined, TrainingCount>(
    `SELECT kind, split, count(*) AS judgments, sum(json_array_length(ranking) > 1) AS untied, count(DISTINCT prompt_id) AS prompts
     FROM counted_judgments JOIN prompts ON prompts.id = prompt_id
     WHERE purpose <> 'study' AND ranking IS NOT NULL AND both_bad = 0 GROUP BY kind, split`,
  );
  const judgments = connection.prepare<{ kinds: string }, Stored>(
    `SELECT counted_judgments.id, kind, prompt_id AS promptId, split, prompts.messages AS prompt, ranking, strength, both_bad AS bothBad,
       (SELECT json_group_array(json(messages)) FROM (SELECT messages FROM comparison_responses
          JOIN responses ON responses.id = response_id
          WHERE comparison_id = counted_judgments.comparison_id ORDER BY slot)) AS responses
     FROM counted_judgments JOIN prompts ON prompts.id = prompt_id
     WHERE purpose <> 'study' AND kind IN (SELECT value FROM json_each(@kinds)) ORDER BY counted_judgments.seq`,
  );
  return {
    counts: () => counts.all(),
    /** Of the kinds of people given, oldest first. */
    judgments: (kinds: readonly PersonKind[]): TrainingJudgment[] =>
      judgments.all({ kinds: JSON.stringify(kinds) }).map((row) => ({
        ...row,
        prompt: JSON.parse(row.prompt) as Message[],
        ranking: row.ranking === null ? null : (JSON.parse(row.ranking) as Ranking),
        bothBad: row.bothBad === 1,
        responses: JSON.parse(row.responses) as Message[][],
      })),
  };
}
