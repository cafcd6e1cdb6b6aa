import type { Connection } from '../connection.ts';
import type { ComparisonHead } from './comparisons.ts';

export type Dispute = 'open' | 'undecided' | 'adjudicated';

export interface Demand {
  comparisonSeq: number;
  comparisonId: string;
  queue: string;
  /** How many people are to see it. */
  wanted: number;
  /** How many were given it and did not set it aside. */
  given: number;
  slice: 'random' | 'chosen' | null;
  dispute: Dispute | null;
}

const head = 'comparisons.seq, comparisons.id, comparisons.prompt_id AS promptId, comparisons.purpose, comparisons.queue';
const from = 'FROM demand JOIN comparisons ON comparisons.seq = demand.comparison_seq';
/** Nobody is given what a lead took out. */
const kept = 'NOT EXISTS (SELECT 1 FROM removed_comparisons WHERE removed_comparisons.comparison_id = demand.comparison_id)';
/** Whoever skipped a pair, or has it already, is not given it again. */
const unseen = `NOT EXISTS (SELECT 1 FROM assignments WHERE comparison_id = demand.comparison_id AND person_id = @personId) AND ${kept}`;

/** How many people each comparison of the labeling queue is for, and who is next to see it (migration 008). */
export function createDemandQueries(connection: Connection) {
  type For = { queue: string; personId: string };
  const fresh = (order: 'priority' | 'lot') =>
    connection.prepare<For, ComparisonHead>(
      `SELECT ${head} ${from} WHERE demand.queue = @queue AND holder IS NULL AND ${unseen}
       ORDER BY demand.${order}, demand.comparison_seq LIMIT 1`,
    );
  const freshBy = { priority: fresh('priority'), lot: fresh('lot') };
  // Two ranges of one index instead of "holder <> me", which would walk past everything that this person holds.
  const again = (side: '<' | '>') =>
    connection.prepare<For, ComparisonHead>(
      `SELECT ${head} ${from} WHERE demand.queue = @queue AND holder ${side} @personId AND given < wanted AND ${unseen}
       ORDER BY holder, demand.comparison_seq LIMIT 1`,
    );
  const againBy = [again('<'), again('>')];
  const abandoned = connection.prepare<For & { before: number }, ComparisonHead>(
    `SELECT ${head} FROM assignments AS held JOIN demand ON demand.comparison_id = held.comparison_id
     JOIN comparisons ON comparisons.seq = demand.comparison_seq
     WHERE held.queue = @queue AND held.state = 'open' AND held.created_at < @before AND given <= wanted AND ${unseen} ORDER BY held.created_at LIMIT 1`,
  );
  const freshCount = connection.prepare<{ queue: string }, { count: number }>(
    `SELECT fresh - (SELECT count(*) FROM removed_comparisons CROSS JOIN demand USING (comparison_seq) WHERE queue = @queue AND holder IS NULL) AS count
     FROM demand_tally WHERE queue = @queue`,
  );
  const againCount = connection.prepare<For & { most: number }, { count: number }>(
    `SELECT count(*) AS count FROM (SELECT 1 FROM demand
     WHERE queue = @queue AND holder IS NOT NULL AND given < wanted AND ${unseen} LIMIT @most)`,
  );
  const get = connection.prepare<{ seq: number }, Demand>(
    `SELECT comparison_seq AS comparisonSeq, comparison_id AS comparisonId, queue, wanted, given, slice, dispute FROM demand WHERE comparison_seq = @seq`,
  );
  const escalate = connection.prepare<{ seq: number; wanted: number; dispute: Dispute | null }>(
    'UPDATE demand SET wanted = max(wanted, @wanted), dispute = @dispute WHERE comparison_seq = @seq',
  );
  const slice = connection.prepare<{ seq: number; slice: 'random' | 'chosen' }>(
    'UPDATE demand SET slice = @slice WHERE comparison_seq = @seq',
  );
  const disputed = connection.prepare<{ dispute: Dispute; personId: string; limit: number }, ComparisonHead>(
    `SELECT ${head} ${from} WHERE dispute = @dispute AND ${unseen} ORDER BY demand.comparison_seq LIMIT @limit`,
  );
  const escalated = connection.prepare<{ after: number; until: number; planned: number }, { seq: number }>(
    `SELECT comparison_seq AS seq FROM demand
     WHERE comparison_seq > @after AND comparison_seq <= @until AND (wanted > @planned OR dispute IS NOT NULL)`,
  );
  const slices = connection.prepare<undefined, { judgmentId: string; slice: 'random' | 'chosen' | null }>(
    `SELECT counted.id AS judgmentId, slice FROM counted_judgments AS counted JOIN demand ON demand.comparison_id = counted.comparison_id
     WHERE kind = 'person'`,
  );
  // By content: a copy of the pair (a repeat, gold, the calibration round) would tell as well.
  const undecided = connection.prepare<{ comparisonId: string; personId: string }, { found: 1 }>(
    `SELECT 1 AS found FROM comparisons AS shown JOIN comparisons AS same ON same.hash = shown.hash JOIN demand ON demand.comparison_seq = same.seq
     WHERE shown.id = @comparisonId AND dispute IN ('open', 'undecided')
       AND NOT EXISTS (SELECT 1 FROM assignments WHERE comparison_id = same.id AND person_id = @personId AND state = 'judged')`,
  );
  const allUndecided = connection.prepare<undefined, { id: string; hash: string }>(
    "SELECT id, hash FROM demand JOIN comparisons ON seq = comparison_seq WHERE dispute IN ('open', 'undecided')",
  );
  const disputes = connection.prepare<undefined, { dispute: Dispute; count: number }>(
    `SELECT dispute, count(*) AS count FROM demand WHERE dispute IS NOT NULL AND ${kept} GROUP BY dispute`,
  );
  const undecidedFor = connection.prepare<{ personId: string }, { count: number }>(
    `SELECT count(*) AS count FROM demand WHERE dispute = 'undecided' AND ${unseen}`,
  );
  const totals = connection.prepare<{ queue: string }, { shared: number; waiting: number }>(
    `SELECT sum(wanted > 1) AS shared, sum(wanted - given) AS waiting FROM demand
     WHERE queue = @queue AND holder IS NOT NULL AND given < wanted AND ${kept}`,
  );
  const reach = connection.prepare<{ after: number }, { last: number | null }>(
    'SELECT max(comparison_seq) AS last FROM (SELECT comparison_seq FROM demand WHERE comparison_seq > @after ORDER BY comparison_seq LIMIT 5000)',
  );
  const applyRules = connection.prepare<{ after: number; until: number }>(
    `UPDATE demand SET wanted = (SELECT wanted FROM comparison_demand WHERE seq = demand.comparison_seq)
     WHERE comparison_seq > @after AND comparison_seq <= @until AND dispute IS NULL`,
  );
  const inOrder = connection.prepare<{ after: number; until: number }>(
    'UPDATE demand SET priority = comparison_seq WHERE comparison_seq > @after AND comparison_seq <= @until AND priority <> comparison_seq',
  );
  const prioritize = connection.prepare<{ seq: number; priority: number }>(
    'UPDATE demand SET priority = @priority WHERE comparison_seq = @seq',
  );
  const freshPage = connection.prepare<{ queue: string; after: number; limit: number }, { seq: number; id: string }>(
    `SELECT comparison_seq AS seq, comparison_id AS id FROM demand
     WHERE queue = @queue AND holder IS NULL AND comparison_seq > @after ORDER BY comparison_seq LIMIT @limit`,
  );
  const byPolicy = connection.prepare<{ checkpointId: string }>(
    // Among the waiting ones, those with an answer of this checkpoint first; the rest behind them in their order.
    `UPDATE demand SET priority = -1e9 + comparison_seq WHERE holder IS NULL AND comparison_id IN (
       SELECT comparison_id FROM responses JOIN comparison_responses ON response_id = responses.id WHERE checkpoint_id = @checkpointId)`,
  );
  const release = connection.prepare<{ personId: string }>(
    // Held so long ago that anybody may have it.
    "UPDATE assignments SET created_at = 0 WHERE person_id = @personId AND state = 'open'",
  );
  return {
    /** What this person holds unjudged may go to others at once. */
    release: (personId: string) => release.run({ personId }),
    /** The first that nobody was given, by priority or by lot. */
    fresh: (order: 'priority' | 'lot', queue: string, personId: string) => freshBy[order].get({ queue, personId }),
    /** One that somebody else has seen and more people are to see. */
    again: (queue: string, personId: string) => againBy[0]!.get({ queue, personId }) ?? againBy[1]!.get({ queue, personId }),
    /** One that somebody was given before `before` and never judged. */
    abandoned: (queue: string, personId: string, before: number) => abandoned.get({ queue, personId, before }),
    freshCount: (queue: string) => freshCount.get({ queue })?.count ?? 0,
    /** How many wait for another look by this person; at most `most` are counted. */
    againCount: (queue: string, personId: string, most: number) => againCount.get({ queue, personId, most })?.count ?? 0,
    get: (seq: number) => get.get({ seq }),
    escalate: (seq: number, wanted: number, dispute: Dispute | null) => escalate.run({ seq, wanted, dispute }),
    setSlice: (seq: number, value: 'random' | 'chosen') => slice.run({ seq, slice: value }),
    /** Disputed comparisons that this person has not seen. */
    disputed: (dispute: Dispute, personId: string, limit: number) => disputed.all({ dispute, personId, limit }),
    /** How each counted judgment by people came to be asked for, by its id; null: in the order in which pairs came. */
    slices: () => new Map(slices.all().map(({ judgmentId, slice }) => [judgmentId, slice])),
    /** Comparisons of a range that more than `planned` people were asked about, since some differed. */
    escalated: (after: number, until: number, planned: number) => escalated.all({ after, until, planned }).map(({ seq }) => seq),
    /** Whether people differ on this pair so far and this person, not having judged it, may be asked to decide. */
    isUndecided: (comparisonId: string, personId: string) => undecided.get({ comparisonId, personId }) !== undefined,
    /** All comparisons on which people differ so far, with the hash of their content. */
    undecided: () => allUndecided.all(),
    undecidedFor: (personId: string) => undecidedFor.get({ personId })?.count ?? 0,
    disputes(): Record<Dispute, number> {
      const result = { open: 0, undecided: 0, adjudicated: 0 };
      for (const { dispute, count } of disputes.all()) result[dispute] = count;
      return result;
    },
    /** Comparisons that more looks are wanted of, and how many looks. */
    totals: (queue: string) => totals.get({ queue }) ?? { shared: 0, waiting: 0 },
    /** The end of the next slice after `after`, or null; rules are applied to a project slice by slice. */
    sliceEnd: (after: number) => reach.get({ after })?.last ?? null,
    /** Draws anew, by the rules as they are, how many people are to see the undisputed comparisons of a slice. */
    applyRules: (after: number, until: number) => applyRules.run({ after, until }),
    /** Puts a slice back into the order in which it came. */
    inOrder: (after: number, until: number) => inOrder.run({ after, until }),
    /** Lower is sooner. */
    prioritize: (seq: number, priority: number) => prioritize.run({ seq, priority }),
    freshPage: (queue: string, after: number, limit: number) => freshPage.all({ queue, after, limit }),
    prioritizePolicy: (checkpointId: string) => byPolicy.run({ checkpointId }),
  };
}
