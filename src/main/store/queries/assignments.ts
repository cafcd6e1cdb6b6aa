import type { Message } from '#shared/domain.ts';
import type { Connection } from '../connection.ts';

export interface AssignmentRow {
  id: string;
  comparisonId: string;
  personId: string;
  /** Slots from left to right. */
  orderShown: number[];
  queue: string;
  comparisonSeq: number;
  createdAt: number;
}
export interface Assignment extends AssignmentRow {
  state: 'open' | 'judged' | 'set_aside';
  /** `seq` of the newest judgment of its chain. */
  latest: number | null;
}
type Stored = Omit<Assignment, 'orderShown'> & { orderShown: string };

const columns = `id, comparison_id AS comparisonId, person_id AS personId, order_shown AS orderShown, queue, comparison_seq AS comparisonSeq,
  state, latest, created_at AS createdAt`;
const parse = (row: Stored): Assignment => ({ ...row, orderShown: JSON.parse(row.orderShown) as number[] });

export function createAssignmentQueries(connection: Connection) {
  const insert = connection.prepare<Omit<AssignmentRow, 'orderShown'> & { orderShown: string }>(
    `INSERT INTO assignments (id, comparison_id, person_id, order_shown, queue, comparison_seq, created_at)
     VALUES (@id, @comparisonId, @personId, @orderShown, @queue, @comparisonSeq, @createdAt)`,
  );
  const get = connection.prepare<{ id: string }, Stored>(`SELECT ${columns} FROM assignments WHERE id = @id`);
  const open = connection.prepare<{ personId: string; queue: string; limit: number }, Stored>(
    `SELECT ${columns} FROM assignments WHERE person_id = @personId AND queue = @queue AND state = 'open' ORDER BY comparison_seq LIMIT @limit`,
  );
  const frontier = connection.prepare<{ personId: string; queue: string }, { seq: number | null }>(
    'SELECT max(comparison_seq) AS seq FROM assignments WHERE person_id = @personId AND queue = @queue',
  );
  const latest = connection.prepare<{ personId: string; queue: string }, Stored>(
    `SELECT ${columns} FROM assignments INDEXED BY assignments_by_time
     WHERE person_id = @personId AND queue = @queue AND state <> 'open' ORDER BY latest DESC LIMIT 1`,
  );
  const states = connection.prepare<{ personId: string; queue: string }, { state: Assignment['state']; count: number }>(
    'SELECT state, count(*) AS count FROM assignments WHERE person_id = @personId AND queue = @queue GROUP BY state',
  );
  const of = connection.prepare<{ personId: string; comparisonId: string }, Stored>(
    `SELECT ${columns} FROM assignments WHERE comparison_id = @comparisonId AND person_id = @personId`,
  );
  const decided = connection.prepare<{ personId: string; queue: string }, { count: number }>(
    'SELECT judged + set_aside AS count FROM progress WHERE person_id = @personId AND queue = @queue',
  );
  const openCount = connection.prepare<{ personId: string; queue: string }, { count: number }>(
    "SELECT count(*) AS count FROM assignments WHERE person_id = @personId AND queue = @queue AND state = 'open'",
  );
  const ofPerson = `person_id = @personId AND assignments.queue = @queue AND state <> 'open' AND latest < @before`;
  const judgedColumns = `assignments.id, comparison_id AS comparisonId, person_id AS personId, order_shown AS orderShown, assignments.queue,
    comparison_seq AS comparisonSeq, state, latest, assignments.created_at AS createdAt, prompts.messages AS prompt`;
  const ownPrompts = `FROM assignments INDEXED BY assignments_by_time JOIN comparisons ON comparisons.id = comparison_id
    JOIN prompts ON prompts.id = prompt_id`;
  const judged = connection.prepare<{ personId: string; queue: string; before: number; limit: number }, Stored & { prompt: string }>(
    `SELECT ${judgedColumns} ${ownPrompts} WHERE ${ofPerson} ORDER BY latest DESC LIMIT @limit`,
  );
  const judgedFound = connection.prepare<
    { personId: string; queue: string; before: number; limit: number; match: string },
    Stored & { prompt: string }
  >(
    `SELECT ${judgedColumns} ${ownPrompts} WHERE ${ofPerson}
     AND (prompts.seq IN (SELECT rowid FROM prompts_search WHERE prompts_search MATCH @match)
       OR comparison_id IN (SELECT comparison_id FROM comparison_responses JOIN responses ON responses.id = response_id
         WHERE responses.seq IN (SELECT rowid FROM responses_search WHERE responses_search MATCH @match)))
     ORDER BY latest DESC LIMIT @limit`,
  );
  return {
    /** A person's that are judged or set aside, newest judgment first, before `before` (null: from the newest); `match` is an FTS5 query or null. */
    judged(
      personId: string,
      queue: string,
      { match, before, limit }: { match: string | null; before: number | null; limit: number },
    ): { assignment: Assignment; prompt: Message[] }[] {
      const page = { personId, queue, before: before ?? Number.MAX_SAFE_INTEGER, limit };
      const rows = match === null ? judged.all(page) : judgedFound.all({ ...page, match });
      return rows.map(({ prompt, ...row }) => ({ assignment: parse(row), prompt: JSON.parse(prompt) as Message[] }));
    },
    /** A person's of one comparison. */
    of(personId: string, comparisonId: string): Assignment | undefined {
      const row = of.get({ personId, comparisonId });
      return row && parse(row);
    },
    /** Handed out, judged or not: two tallies and the few that are open. */
    countOf(personId: string, queue: string): number {
      const tally = decided.get({ personId, queue });
      return (tally?.count ?? 0) + (openCount.get({ personId, queue })?.count ?? 0);
    },
    /** Handed out and not judged. */
    openCount: (personId: string, queue: string) => openCount.get({ personId, queue })?.count ?? 0,
    insert: (row: AssignmentRow) => insert.run({ ...row, orderShown: JSON.stringify(row.orderShown) }),
    get(id: string): Assignment | undefined {
      const row = get.get({ id });
      return row && parse(row);
    },
    /** Handed out and not judged, in the order of the queue. */
    open: (personId: string, queue: string, limit: number) => open.all({ personId, queue, limit }).map(parse),
    /** `seq` of the last comparison of the queue that was handed out to this person; 0 before the first. */
    frontier: (personId: string, queue: string) => frontier.get({ personId, queue })?.seq ?? 0,
    /** The one judged last. */
    latest(personId: string, queue: string): Assignment | undefined {
      const row = latest.get({ personId, queue });
      return row && parse(row);
    },
    states(personId: string, queue: string): Record<Assignment['state'], number> {
      const result = { open: 0, judged: 0, set_aside: 0 };
      for (const { state, count } of states.all({ personId, queue })) result[state] = count;
      return result;
    },
  };
}
