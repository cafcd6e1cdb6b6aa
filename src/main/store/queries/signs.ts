import type { Connection } from '../connection.ts';

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
  const ofRun = connection.prepare<{ runId: string }, Omit<SignRow, 'id' | 'runId'>>(
    'SELECT step, sign, sentence FROM signs WHERE run_id = @runId ORDER BY step, id',
  );
  const dropAfter = connection.prepare<{ runId: string; step: number }>('DELETE FROM signs WHERE run_id = @runId AND step > @step');
  return {
    insert: (row: SignRow) => insert.run(row),
    ofRun: (runId: string) => ofRun.all({ runId }),
    dropAfter: (runId: string, step: number) => dropAfter.run({ runId, step }),
  };
}
