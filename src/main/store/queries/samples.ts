import type { Connection } from '../connection.ts';

export interface SampleRow {
  runId: string;
  step: number;
  promptId: string;
  text: string;
  tokens: number;
  terminated: boolean;
  reward: number | null;
  kl: number | null;
  /** Of a reward of several parts, what each gave before its weight. */
  parts?: Record<string, number>;
  /** In the run's folder: the answer token by token. */
  perTokenFile?: string;
}
type Stored = Omit<SampleRow, 'terminated' | 'parts' | 'perTokenFile'> & {
  terminated: 0 | 1;
  parts: string | null;
  perTokenFile: string | null;
};

export function createSampleQueries(connection: Connection) {
  const insert = connection.prepare<Stored>(
    `INSERT INTO samples (run_id, step, prompt_id, text, tokens, terminated, reward, kl, parts, per_token_file)
     VALUES (@runId, @step, @promptId, @text, @tokens, @terminated, @reward, @kl, @parts, @perTokenFile)
     ON CONFLICT (run_id, step, prompt_id) DO UPDATE SET text = excluded.text, tokens = excluded.tokens, terminated = excluded.terminated,
       reward = excluded.reward, kl = excluded.kl, parts = excluded.parts, per_token_file = excluded.per_token_file`,
  );
  const ofRun = connection.prepare<{ runId: string }, Stored & { promptMessages: string }>(
    `SELECT run_id AS runId, step, prompt_id AS promptId, text, tokens, terminated, reward, kl, parts, per_token_file AS perTokenFile, messages AS promptMessages
     FROM samples JOIN prompts ON prompts.id = prompt_id WHERE run_id = @runId ORDER BY step, prompts.seq`,
  );
  const dropAfter = connection.prepare<{ runId: string; step: number }>('DELETE FROM samples WHERE run_id = @runId AND step > @step');
  return {
    /** A sample said again (after a resume) replaces itself. */
    insert: (row: SampleRow) =>
      insert.run({
        ...row,
        terminated: row.terminated ? 1 : 0,
        parts: row.parts ? JSON.stringify(row.parts) : null,
        perTokenFile: row.perTokenFile ?? null,
      }),
    /** By step, then in the order of the prompts; `promptMessages` is JSON of Message[]. */
    ofRun: (runId: string) =>
      ofRun.all({ runId }).map(({ parts, perTokenFile, ...row }) => ({
        ...row,
        terminated: row.terminated === 1,
        ...(perTokenFile !== null && { perTokenFile }),
        ...(parts !== null && { parts: JSON.parse(parts) as Record<string, number> }),
      })),
    dropAfter: (runId: string, step: number) => dropAfter.run({ runId, step }),
  };
}
