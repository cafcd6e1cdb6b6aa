import type { AspectRatings, PersonKind, Purpose, Ranking, Split, Strength } from '#shared/domain.ts';
import type { Connection } from '../connection.ts';

export interface JudgmentInsert {
  id: string;
  assignmentId: string;
  personId: string;
  /** Null when skipped, flagged without a choice, or withdrawn. */
  ranking: Ranking | null;
  strength: Strength | null;
  bothBad: boolean;
  skipped: string | null;
  flagged: string | null;
  withdrawn: boolean;
  rationale: string | null;
  /** Each response by each aspect that the guideline asks for. */
  ratings?: AspectRatings | null;
  guidelineVersion: number | null;
  shownAt: number;
  firstKeyAt: number | null;
  decidedAt: number;
  receivedAt: number;
  /** `seq` of the latest of this assignment's chain, or null for the first. */
  revises: number | null;
  idempotencyKey: string;
  importId: string | null;
}
export interface Judgment extends JudgmentInsert {
  seq: number;
}
type Flat<Row extends JudgmentInsert> = Omit<Row, 'ranking' | 'ratings' | 'bothBad' | 'withdrawn'> & {
  ranking: string | null;
  ratings: string | null;
  bothBad: 0 | 1;
  withdrawn: 0 | 1;
};

/** A judgment that counts (the view counted_judgments). */
export interface CountedJudgment {
  seq: number;
  id: string;
  comparisonId: string;
  promptId: string;
  purpose: Purpose;
  reportId: string | null;
  split: Split;
  personId: string;
  kind: PersonKind;
  orderShown: number[];
  ranking: Ranking | null;
  strength: Strength | null;
  bothBad: boolean;
  rationale: string | null;
  decidedAt: number;
}
type FlatCounted = Omit<CountedJudgment, 'ranking' | 'bothBad' | 'orderShown'> & {
  ranking: string | null;
  bothBad: 0 | 1;
  orderShown: string;
};
/** One of them with what is shown of it beside the choice. */
export interface ListedJudgment extends CountedJudgment {
  flagged: string | null;
  ratings: AspectRatings | null;
}
type FlatListed = FlatCounted & { flagged: string | null; ratings: string | null };

/** A judgment that counts, or was set aside, with all that is known of it. */
export interface WholeJudgment extends Judgment {
  comparisonId: string;
  promptId: string;
  purpose: Purpose;
  /** Of the comparison's content. */
  hash: string;
  split: Split;
  person: string;
  kind: PersonKind;
  /** Slots from left to right. */
  orderShown: number[];
}
type FlatWhole = Flat<Judgment> & Omit<WholeJudgment, keyof Judgment | 'orderShown'> & { orderShown: string };

const columns = `seq, id, assignment_id AS assignmentId, person_id AS personId, ranking, strength, both_bad AS bothBad, skipped, flagged, withdrawn,
  ratings, rationale, guideline_version AS guidelineVersion, shown_at AS shownAt, first_key_at AS firstKeyAt, decided_at AS decidedAt,
  received_at AS receivedAt, revises, idempotency_key AS idempotencyKey, import_id AS importId`;
/** Rows read at a time, so that a project of any size is walked in little memory. */
const pageOfWhole = 500;
const countedColumns = `counted.seq, counted.id, counted.comparison_id AS comparisonId, counted.prompt_id AS promptId, counted.purpose,
  counted.report_id AS reportId, prompts.split, counted.person_id AS personId, counted.kind, counted.order_shown AS orderShown, counted.ranking,
  counted.strength, counted.both_bad AS bothBad, counted.rationale, counted.decided_at AS decidedAt`;

const listedColumns = `${countedColumns}, counted.flagged, (SELECT ratings FROM judgments WHERE judgments.seq = counted.seq) AS ratings`;

const parseRanking = (text: string | null) => (text === null ? null : (JSON.parse(text) as Ranking));
const parseRatings = (text: string | null) => (text === null ? null : (JSON.parse(text) as AspectRatings));
const parse = (row: Flat<Judgment>): Judgment => ({
  ...row,
  ranking: parseRanking(row.ranking),
  ratings: parseRatings(row.ratings),
  bothBad: row.bothBad === 1,
  withdrawn: row.withdrawn === 1,
});
const parseCounted = (row: FlatCounted): CountedJudgment => ({
  ...row,
  ranking: parseRanking(row.ranking),
  bothBad: row.bothBad === 1,
  orderShown: JSON.parse(row.orderShown) as number[],
});

export function createJudgmentQueries(connection: Connection) {
  const insert = connection.prepare<Flat<JudgmentInsert>, { seq: number }>(
    `INSERT INTO judgments (id, assignment_id, person_id, ranking, strength, both_bad, skipped, flagged, withdrawn, ratings, rationale, guideline_version,
       shown_at, first_key_at, decided_at, received_at, revises, idempotency_key, import_id)
     VALUES (@id, @assignmentId, @personId, @ranking, @strength, @bothBad, @skipped, @flagged, @withdrawn, @ratings, @rationale, @guidelineVersion,
       @shownAt, @firstKeyAt, @decidedAt, @receivedAt, @revises, @idempotencyKey, @importId) RETURNING seq`,
  );
  const get = connection.prepare<{ seq: number }, Flat<Judgment>>(`SELECT ${columns} FROM judgments WHERE seq = @seq`);
  const byKey = connection.prepare<{ personId: string; key: string }, Flat<Judgment>>(
    `SELECT ${columns} FROM judgments WHERE person_id = @personId AND idempotency_key = @key`,
  );
  // Tallies, less what was taken out by comparison (seldom more than a few; CROSS JOIN keeps those first).
  const countsByKind = connection.prepare<undefined, { kind: PersonKind; count: number }>(
    `SELECT kind, sum(judged) - coalesce((
       SELECT count(*) FROM removed_comparisons CROSS JOIN assignments USING (comparison_id) CROSS JOIN judgments ON judgments.seq = latest
       CROSS JOIN people AS judge ON judge.id = assignments.person_id AND judge.enabled = 1 AND judge.kind = people.kind
       WHERE state = 'judged' AND assignments.queue NOT LIKE 'study:%'
         AND coalesce(guideline_version, 0) NOT IN (SELECT version FROM removed_guidelines)), 0) AS count
     FROM judged_under JOIN people ON people.id = person_id
     WHERE enabled = 1 AND guideline NOT IN (SELECT version FROM removed_guidelines) GROUP BY kind`,
  );
  const countOfPerson = connection.prepare<{ personId: string }, { count: number }>(
    "SELECT coalesce(sum(judged), 0) AS count FROM progress WHERE person_id = @personId AND queue NOT LIKE 'study:%'",
  );
  const counted = connection.prepare<undefined, FlatCounted>(
    `SELECT ${countedColumns} FROM counted_judgments AS counted JOIN prompts ON prompts.id = counted.prompt_id
     WHERE counted.purpose = 'labeling' ORDER BY counted.seq`,
  );
  const page = connection.prepare<{ before: number; limit: number }, FlatListed>(
    // CROSS JOIN: the newest judgments first, then what belongs to them, instead of all that anybody ever judged.
    `SELECT ${listedColumns} FROM judgments AS newest
     CROSS JOIN counted_judgments AS counted ON counted.seq = newest.seq JOIN prompts ON prompts.id = counted.prompt_id
     WHERE newest.seq < @before ORDER BY newest.seq DESC LIMIT @limit`,
  );
  const found = connection.prepare<{ match: string; before: number; limit: number }, FlatListed>(
    `SELECT ${listedColumns} FROM counted_judgments AS counted JOIN prompts ON prompts.id = counted.prompt_id
     WHERE counted.seq < @before AND (prompts.seq IN (SELECT rowid FROM prompts_search WHERE prompts_search MATCH @match)
       OR counted.comparison_id IN (SELECT comparison_id FROM comparison_responses JOIN responses ON responses.id = response_id
         WHERE responses.seq IN (SELECT rowid FROM responses_search WHERE responses_search MATCH @match)))
     ORDER BY counted.seq DESC LIMIT @limit`,
  );
  const whole = connection.prepare<{ after: number; limit: number }, FlatWhole>(
    `SELECT kept.*, assignments.comparison_id AS comparisonId, order_shown AS orderShown, comparisons.purpose, comparisons.hash, prompt_id AS promptId, split,
       people.name AS person, kind
     FROM (SELECT ${columns} FROM judgments WHERE seq > @after) AS kept CROSS JOIN assignments ON assignments.latest = kept.seq
     JOIN people ON people.id = kept.personId AND enabled = 1
     JOIN comparisons ON comparisons.id = assignments.comparison_id JOIN prompts ON prompts.id = prompt_id
     WHERE state <> 'open' AND purpose <> 'study'
       AND NOT EXISTS (SELECT 1 FROM removed_comparisons WHERE removed_comparisons.comparison_id = assignments.comparison_id)
       AND NOT EXISTS (SELECT 1 FROM removed_guidelines WHERE removed_guidelines.version = kept.guidelineVersion)
     ORDER BY kept.seq LIMIT @limit`,
  );
  const newestTimes = connection.prepare<{ personId: string }, { receivedAt: number; withdrawn: 0 | 1 }>(
    'SELECT received_at AS receivedAt, withdrawn FROM judgments WHERE person_id = @personId ORDER BY seq DESC',
  );
  return {
    /** Appends; the trigger moves the assignment's state. Returns its `seq`. */
    insert: (row: JudgmentInsert): number =>
      insert.get({
        ...row,
        ranking: row.ranking && JSON.stringify(row.ranking),
        ratings: row.ratings ? JSON.stringify(row.ratings) : null,
        bothBad: row.bothBad ? 1 : 0,
        withdrawn: row.withdrawn ? 1 : 0,
      })?.seq ?? 0,
    get(seq: number): Judgment | undefined {
      const row = get.get({ seq });
      return row && parse(row);
    },
    byKey(personId: string, key: string): Judgment | undefined {
      const row = byKey.get({ personId, key });
      return row && parse(row);
    },
    /** How many judgments count, by the kind of who made them; votes of studies are not among them. */
    countsByKind(): Record<PersonKind, number> {
      const result = { person: 0, simulated: 0, model: 0 };
      for (const { kind, count } of countsByKind.all()) result[kind] = count;
      return result;
    },
    /** The same for one person, switched in or not. */
    countOfPerson: (personId: string) => countOfPerson.get({ personId })?.count ?? 0,
    /** Every judgment that counts and may train, oldest first; never a study's or a check's. */
    counted: () => counted.all().map(parseCounted),
    /** Newest first, before `seq` (null: from the newest). */
    page(match: string | null, before: number | null, limit: number): ListedJudgment[] {
      const edge = before ?? Number.MAX_SAFE_INTEGER;
      const rows = match === null ? page.all({ before: edge, limit }) : found.all({ match, before: edge, limit });
      return rows.map(({ ratings, flagged, ...row }) => ({ ...parseCounted(row), flagged, ratings: parseRatings(ratings) }));
    },
    /** The latest of each chain that was not taken back, skipped ones among them, oldest first; never a study's. */
    *whole(): Generator<WholeJudgment> {
      for (let after = 0; ; ) {
        const rows = whole.all({ after, limit: pageOfWhole });
        for (const row of rows)
          yield { ...row, ...parse(row), ratings: parseRatings(row.ratings), orderShown: JSON.parse(row.orderShown) as number[] };
        const last = rows.at(-1);
        if (last === undefined) return;
        after = last.seq;
      }
    },
    /** When a person's judgments and withdrawals arrived, newest first; read lazily. */
    *newestTimes(personId: string): Generator<{ receivedAt: number; withdrawn: boolean }> {
      for (const { receivedAt, withdrawn } of newestTimes.iterate({ personId })) yield { receivedAt, withdrawn: withdrawn === 1 };
    },
  };
}
