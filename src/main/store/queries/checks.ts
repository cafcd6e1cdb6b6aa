import type { Connection } from '../connection.ts';
import type { ComparisonHead } from './comparisons.ts';

export interface SelfCheck {
  comparisonId: string;
  person: number | null;
  /** Of the first look and of the swapped one, as in verdicts. */
  first: number | null;
  again: number | null;
}
export interface GoldCheck {
  comparisonId: string;
  person: number | null;
  answer: number | null;
  gold: number;
}

const head = 'comparisons.seq, comparisons.id, comparisons.prompt_id AS promptId, comparisons.purpose, comparisons.queue';

/** What is put among a person's pairs to check on them: earlier pairs again with sides swapped, pairs with a known answer, the calibration round. */
export function createCheckQueries(connection: Connection) {
  const addRepeat = connection.prepare<{ comparisonId: string; originalId: string; personId: string }>(
    'INSERT INTO repeats (comparison_id, original_id, person_id) VALUES (@comparisonId, @originalId, @personId)',
  );
  const repeatable = connection.prepare<{ personId: string; queue: string; gap: number }, { comparisonId: string; orderShown: string }>(
    // Long enough ago to be forgotten: by then `gap` others were judged.
    `SELECT assignments.comparison_id AS comparisonId, order_shown AS orderShown FROM assignments
     JOIN comparisons ON comparisons.id = assignments.comparison_id AND comparisons.purpose = 'labeling'
     WHERE assignments.person_id = @personId AND assignments.queue = @queue AND state = 'judged'
       AND latest <= (SELECT latest FROM assignments WHERE person_id = @personId AND queue = @queue AND state <> 'open' ORDER BY latest DESC LIMIT 1 OFFSET @gap)
       AND NOT EXISTS (SELECT 1 FROM repeats WHERE repeats.person_id = @personId AND original_id = assignments.comparison_id)
     ORDER BY latest DESC LIMIT 1`,
  );
  const hasRepeat = connection.prepare<{ personId: string; originalId: string }, { found: 1 }>(
    'SELECT 1 AS found FROM repeats WHERE person_id = @personId AND original_id = @originalId',
  );
  const unseen = connection.prepare<{ purpose: 'gold' | 'calibration'; personId: string }, ComparisonHead>(
    `SELECT ${head} FROM comparisons WHERE queue = @purpose AND queued = 1
       AND NOT EXISTS (SELECT 1 FROM assignments WHERE comparison_id = comparisons.id AND person_id = @personId) ORDER BY seq LIMIT 1`,
  );
  const unseenCount = connection.prepare<{ purpose: 'gold' | 'calibration'; personId: string }, { count: number }>(
    `SELECT count(*) AS count FROM comparisons WHERE queue = @purpose AND queued = 1
       AND NOT EXISTS (SELECT 1 FROM assignments WHERE comparison_id = comparisons.id AND person_id = @personId)`,
  );
  const addGold = connection.prepare<{ comparisonId: string; answer: number; setBy: string; createdAt: number }>(
    'INSERT INTO gold_answers (comparison_id, answer, set_by, created_at) VALUES (@comparisonId, @answer, @setBy, @createdAt)',
  );
  const goldCandidates = connection.prepare<{ personId: string; limit: number }, { comparisonId: string; answer: number }>(
    // Of the newest few thousand: clear answers of one's own that are not gold yet (the hash says whether a comparison is).
    `SELECT comparisons.id AS comparisonId, sign(answer) AS answer
     FROM (SELECT comparison_seq, person_id FROM assignments INDEXED BY assignments_by_time
           WHERE person_id = @personId AND queue = 'labeling' AND state <> 'open' ORDER BY latest DESC LIMIT 5000) AS own
     CROSS JOIN people_numbers ON people_numbers.person_id = own.person_id
     CROSS JOIN verdicts ON verdicts.comparison_seq = own.comparison_seq AND person = number AND pair = 1
     CROSS JOIN comparisons ON comparisons.seq = verdicts.comparison_seq
     WHERE abs(answer) >= 2 AND verdicts.purpose = 0
       AND NOT EXISTS (SELECT 1 FROM comparisons AS gold WHERE gold.hash = comparisons.hash AND gold.purpose = 'gold') LIMIT @limit`,
  );
  const selfChecks = connection.prepare<{ after: string; limit: number }, SelfCheck>(
    `SELECT repeats.comparison_id AS comparisonId, again.person, first.answer AS first, again.answer AS again
     FROM (SELECT * FROM repeats WHERE comparison_id > @after ORDER BY comparison_id LIMIT @limit) AS repeats
     JOIN comparisons AS repeated ON repeated.id = repeats.comparison_id
     JOIN comparisons AS original ON original.id = repeats.original_id
     LEFT JOIN verdicts AS again ON again.comparison_seq = repeated.seq
     LEFT JOIN verdicts AS first ON first.comparison_seq = original.seq AND first.person = again.person AND first.pair = again.pair
     ORDER BY repeats.comparison_id`,
  );
  const goldChecks = connection.prepare<{ after: string; limit: number }, GoldCheck>(
    `SELECT gold_answers.comparison_id AS comparisonId, person, verdicts.answer, gold_answers.answer AS gold
     FROM (SELECT * FROM gold_answers WHERE comparison_id > @after ORDER BY comparison_id LIMIT @limit) AS gold_answers
     JOIN comparisons ON comparisons.id = gold_answers.comparison_id
     LEFT JOIN verdicts ON verdicts.comparison_seq = comparisons.seq
     ORDER BY gold_answers.comparison_id`,
  );
  const setAdjudication = connection.prepare<{ comparisonId: string; assignmentId: string }>(
    'INSERT INTO adjudications (comparison_id, assignment_id) VALUES (@comparisonId, @assignmentId) ON CONFLICT (comparison_id) DO NOTHING',
  );
  const adjudicated = connection.prepare<{ limit: number }, { comparisonId: string; assignmentId: string; personId: string }>(
    `SELECT adjudications.comparison_id AS comparisonId, assignment_id AS assignmentId, person_id AS personId FROM adjudications
     JOIN assignments ON assignments.id = assignment_id ORDER BY latest DESC LIMIT @limit`,
  );
  const counts = connection.prepare<undefined, { gold: number; calibration: number; repeats: number }>(
    `SELECT (SELECT coalesce(sum(queued), 0) FROM queues WHERE queue = 'gold') AS gold,
       (SELECT coalesce(sum(queued), 0) FROM queues WHERE queue = 'calibration') AS calibration, (SELECT count(*) FROM repeats) AS repeats`,
  );
  return {
    addRepeat: (comparisonId: string, originalId: string, personId: string) => addRepeat.run({ comparisonId, originalId, personId }),
    hasRepeat: (personId: string, originalId: string) => hasRepeat.get({ personId, originalId }) !== undefined,
    /** A pair that this person judged at least `gap` pairs ago and has not seen again, with the order they saw. */
    repeatable(personId: string, queue: string, gap: number): { comparisonId: string; orderShown: number[] } | undefined {
      const row = repeatable.get({ personId, queue, gap });
      return row && { comparisonId: row.comparisonId, orderShown: JSON.parse(row.orderShown) as number[] };
    },
    /** The first gold or calibration pair that this person was not given. */
    unseen: (purpose: 'gold' | 'calibration', personId: string) => unseen.get({ purpose, personId }),
    unseenCount: (purpose: 'gold' | 'calibration', personId: string) => unseenCount.get({ purpose, personId })?.count ?? 0,
    addGold: (row: { comparisonId: string; answer: number; setBy: string; createdAt: number }) => addGold.run(row),
    /** Comparisons of two that this person answered clearly or strongly, the newest first. */
    goldCandidates: (personId: string, limit: number) => goldCandidates.all({ personId, limit }),
    /** Of up to `limit` repeats whose ids come after `after`; `person` is null where one is not judged. */
    selfChecks: (after: string, limit: number) => selfChecks.all({ after, limit }),
    /** Of up to `limit` gold pairs, the same way. */
    goldChecks: (after: string, limit: number) => goldChecks.all({ after, limit }),
    setAdjudication: (comparisonId: string, assignmentId: string) => setAdjudication.run({ comparisonId, assignmentId }),
    /** Newest first. */
    adjudicated: (limit: number) => adjudicated.all({ limit }),
    counts: () => counts.get() ?? { gold: 0, calibration: 0, repeats: 0 },
  };
}
