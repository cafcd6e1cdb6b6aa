import type { Connection } from '../connection.ts';

/** A sign as it is shown: `seen` says who has taken note of it, and when. */
export interface SignShown {
  step: number;
  sign: string;
  sentence: string;
  seen: { by: string; at: number } | null;
}

export interface SignRow {
  id: string;
  runId: string;
  step: number;
  sign: string;
  sentence: string;
}

export function createSignQueries(connection: Connection) {
  const insert = connection.prepare<SignRow>(
    'INSERT INTO signs (id, run_id, step, sign, sentence) VALUES (@id, @runId, @step, @sign, @sentence)',
  );
  const ofRun = connection.prepare<{ runId: string }, Omit<SignShown, 'seen'> & { seenBy: string | null; seenAt: number | null }>(
    `SELECT step, sign, sentence, people.name AS seenBy, acknowledged_at AS seenAt
     FROM signs LEFT JOIN people ON people.id = acknowledged_by WHERE run_id = @runId ORDER BY step, signs.id`,
  );
  const acknowledge = connection.prepare<{ runId: string; sign: string; personId: string; at: number }>(
    `UPDATE signs SET acknowledged_by = @personId, acknowledged_at = @at
     WHERE run_id = @runId AND sign = @sign AND acknowledged_by IS NULL`,
  );
  const dropAfter = connection.prepare<{ runId: string; step: number }>('DELETE FROM signs WHERE run_id = @runId AND step > @step');
  return {
    insert: (row: SignRow) => insert.run(row),
    ofRun: (runId: string): SignShown[] =>
      ofRun.all({ runId }).map(({ seenBy, seenAt, ...sign }) => ({
        ...sign,
        seen: seenBy === null || seenAt === null ? null : { by: seenBy, at: seenAt },
      })),
    /** Marks every sign of this name in the run as seen, unless somebody has seen it before. */
    acknowledge: (runId: string, sign: string, personId: string, at: number) => acknowledge.run({ runId, sign, personId, at }),
    dropAfter: (runId: string, step: number) => dropAfter.run({ runId, step }),
  };
}
