import type { Connection } from '../connection.ts';

/** What one person said of one pair of responses, in numbers (migration 007). */
export interface Verdict {
  comparisonSeq: number;
  /** Of `people_numbers`. */
  person: number;
  pair: number;
  /** 0 labeling, 1 calibration, 2 gold, 3 repeat. */
  purpose: number;
  /** −3…3: below 0 the lower slot is better, 0 a tie. */
  answer: number;
  /** 1 the one of that kind was preferred, −1 the other, 0 does not apply. */
  leftSide: number;
  longer: number;
  list: number;
  heading: number;
  bold: number;
  /** 1 faster than it can be read, −1 slower, 0 not measured. */
  fast: number;
  guideline: number | null;
  judgmentSeq: number;
}

/** The small numbers of a verdict come as one: of a million rows it is the values that take the time, not the bytes. */
type PackedVerdict = Pick<Verdict, 'comparisonSeq' | 'person' | 'pair' | 'guideline' | 'judgmentSeq'> & { packed: number };
const packed =
  '(((((((answer + 3) * 4 + purpose) * 3 + left_side + 1) * 3 + longer + 1) * 3 + list + 1) * 3 + heading + 1) * 3 + bold + 1) * 3 + fast + 1';

function unpacked({ comparisonSeq, person, pair, packed: code, guideline, judgmentSeq }: PackedVerdict): Verdict {
  return {
    comparisonSeq,
    person,
    pair,
    purpose: Math.floor(code / 729) % 4,
    answer: Math.floor(code / 2916) - 3,
    leftSide: (Math.floor(code / 243) % 3) - 1,
    longer: (Math.floor(code / 81) % 3) - 1,
    list: (Math.floor(code / 27) % 3) - 1,
    heading: (Math.floor(code / 9) % 3) - 1,
    bold: (Math.floor(code / 3) % 3) - 1,
    fast: (code % 3) - 1,
    guideline,
    judgmentSeq,
  };
}

export function createVerdictQueries(connection: Connection) {
  const range = connection.prepare<{ after: number; until: number }, PackedVerdict>(
    `SELECT comparison_seq AS comparisonSeq, person, pair, ${packed} AS packed, guideline, judgment_seq AS judgmentSeq
     FROM verdicts WHERE comparison_seq > @after AND comparison_seq <= @until ORDER BY comparison_seq, pair, person`,
  );
  const ofComparison = connection.prepare<{ seq: number }, { personId: string; answer: number }>(
    `SELECT person_id AS personId, answer FROM verdicts JOIN people_numbers ON number = person JOIN people ON people.id = person_id
     WHERE comparison_seq = @seq AND pair = 1 AND kind <> 'model' AND enabled = 1`,
  );
  const last = connection.prepare<undefined, { seq: number | null }>('SELECT max(comparison_seq) AS seq FROM verdicts');
  const numbers = connection.prepare<undefined, { number: number; personId: string }>(
    'SELECT number, person_id AS personId FROM people_numbers',
  );
  const newest = connection.prepare<undefined, { seq: number | null }>('SELECT max(seq) AS seq FROM judgments');
  const ends = connection.prepare<{ personId: string }, { first: number | null; last: number | null }>(
    'SELECT (SELECT min(seq) FROM judgments WHERE person_id = @personId) AS first, (SELECT max(seq) FROM judgments WHERE person_id = @personId) AS last',
  );
  return {
    /** In the order of comparison, pair and person. */
    range: (after: number, until: number) => range.all({ after, until }).map(unpacked),
    /** Answers of people who are switched in to a comparison of two responses. */
    ofComparison: (seq: number) => ofComparison.all({ seq }),
    lastComparison: () => last.get()?.seq ?? 0,
    /** Ids by number. */
    people: () => new Map(numbers.all().map(({ number, personId }) => [number, personId])),
    /** `seq` of the newest judgment there is. */
    newestJudgment: () => newest.get()?.seq ?? 0,
    /** First and last judgment of a person, by `seq`. */
    ends(personId: string): { first: number; last: number } | null {
      const row = ends.get({ personId });
      return row?.first == null || row.last == null ? null : { first: row.first, last: row.last };
    },
  };
}
