import type { Ranking } from '#shared/domain.ts';
import type { Connection } from '../connection.ts';

/** A pair of a report's study: the first checkpoint's answer (slot 0) against that of `checkpoint` (slot 1), and one person's vote on it. */
export interface StudyPair {
  /** Of the prompt in the report. */
  position: number;
  /** Index in the report's order, from 1. */
  checkpoint: number;
  state: 'waiting' | 'judged' | 'set_aside';
  vote: Vote | null;
}
export type Vote = 'first' | 'second' | 'tie';

type StoredVote = { checkpoint: number; ranking: string | null };

/** Both bad, and one group of two, are ties. */
function voteOf(ranking: string | null): Vote {
  const groups = ranking === null ? [] : (JSON.parse(ranking) as Ranking);
  if (groups.length < 2) return 'tie';
  return groups[0]?.[0] === 0 ? 'first' : 'second';
}

/** The blind votes of comparison reports: latest of each chain, by people only. */
export function createVoteQueries(connection: Connection) {
  // Slot 1 of a study's pair is the answer of a checkpoint other than the first; which one and to which prompt, report_answers knows.
  const second = (comparison: string) => `JOIN comparison_responses ON comparison_responses.comparison_id = ${comparison} AND slot = 1
     JOIN report_answers ON report_answers.report_id = @reportId AND report_answers.response_id = comparison_responses.response_id`;
  const pairs = connection.prepare<{ reportId: string }, { checkpoint: number; pairs: number }>(
    `SELECT checkpoint, count(*) AS pairs FROM comparisons ${second('comparisons.id')}
     WHERE comparisons.report_id = @reportId GROUP BY checkpoint`,
  );
  const votes = connection.prepare<{ reportId: string }, StoredVote>(
    `SELECT checkpoint, ranking FROM counted_judgments ${second('counted_judgments.comparison_id')}
     WHERE counted_judgments.queue = 'study:' || @reportId AND kind = 'person'`,
  );
  const ofPerson = connection.prepare<
    { reportId: string; personId: string; after: number; before: number },
    StoredVote & { position: number; state: 'open' | 'judged' | 'set_aside' | null }
  >(
    `SELECT position, checkpoint, state, judgments.ranking FROM comparisons
     ${second('comparisons.id')}
     LEFT JOIN assignments ON assignments.comparison_id = comparisons.id AND assignments.person_id = @personId
     LEFT JOIN judgments ON judgments.seq = assignments.latest
     WHERE comparisons.report_id = @reportId AND position > @after AND position <= @before ORDER BY position, checkpoint`,
  );
  return {
    /** How many prompts were answered with different texts, by checkpoint. */
    pairs: (reportId: string) => new Map(pairs.all({ reportId }).map((row) => [row.checkpoint, row.pairs])),
    /** Everybody's votes. */
    all: (reportId: string) => votes.all({ reportId }).map(({ checkpoint, ranking }) => ({ checkpoint, vote: voteOf(ranking) })),
    /** The pairs of positions after+1 … after+limit, with one person's votes. */
    ofPerson: (reportId: string, personId: string, after: number, limit: number): StudyPair[] =>
      ofPerson.all({ reportId, personId, after, before: after + limit }).map(({ position, checkpoint, state, ranking }) => ({
        position,
        checkpoint,
        state: state === null || state === 'open' ? 'waiting' : state,
        vote: state === 'judged' ? voteOf(ranking) : null,
      })),
  };
}
