import type { RunState } from '#shared/domain.ts';
import type { Connection } from '../connection.ts';

export interface ReportInsert {
  id: string;
  name: string;
  /** As started: checkpoints in order, prompts, seed, sampling, reward model. */
  config: Record<string, unknown>;
  total: number;
  createdAt: number;
}
export interface ReportRow extends ReportInsert {
  state: RunState;
  done: number;
  /** What was measured, as the concern `compare` writes it. */
  measures: unknown;
  error: string | null;
  endedAt: number | null;
}
export type ReportChange = Partial<Pick<ReportRow, 'state' | 'done' | 'total' | 'measures' | 'error' | 'endedAt'>>;
export interface AnswerInsert {
  reportId: string;
  /** Of the prompt, from 0. */
  position: number;
  /** Index in the report's order. */
  checkpoint: number;
  promptId: string;
  responseId: string;
  tokens: number;
  terminated: boolean;
  reward: number | null;
  klK1: number | null;
  klK3: number | null;
}
type Stored = Omit<ReportRow, 'config' | 'measures'> & { config: string; measures: string | null };
type StoredAnswer = Omit<AnswerInsert, 'terminated'> & { terminated: 0 | 1 };

const columns = 'id, name, state, config, done, total, measures, error, created_at AS createdAt, ended_at AS endedAt';
const parse = (row: Stored): ReportRow => ({
  ...row,
  config: JSON.parse(row.config) as Record<string, unknown>,
  measures: row.measures === null ? null : (JSON.parse(row.measures) as unknown),
});
const answerColumns = `report_id AS reportId, position, checkpoint, report_answers.prompt_id AS promptId, response_id AS responseId, tokens,
  report_answers.terminated, reward, kl_k1 AS klK1, kl_k3 AS klK3, responses.messages AS messages, prompts.messages AS promptMessages`;

export function createReportQueries(connection: Connection) {
  const insert = connection.prepare<Omit<ReportInsert, 'config'> & { config: string }>(
    "INSERT INTO reports (id, name, state, config, total, created_at) VALUES (@id, @name, 'queued', @config, @total, @createdAt)",
  );
  const get = connection.prepare<{ id: string }, Stored>(`SELECT ${columns} FROM reports WHERE id = @id`);
  const list = connection.prepare<undefined, Stored>(`SELECT ${columns} FROM reports ORDER BY created_at DESC, id DESC`);
  const unfinished = connection.prepare<undefined, Stored>(
    `SELECT ${columns} FROM reports WHERE state IN ('queued', 'running', 'stopping') ORDER BY created_at, id`,
  );
  const count = connection.prepare<undefined, { count: number }>('SELECT count(*) AS count FROM reports');
  const change = connection.prepare<Omit<Stored, 'name' | 'config' | 'createdAt'>>(
    'UPDATE reports SET state = @state, done = @done, total = @total, measures = @measures, error = @error, ended_at = @endedAt WHERE id = @id',
  );
  const insertAnswer = connection.prepare<StoredAnswer>(
    `INSERT INTO report_answers (report_id, position, checkpoint, prompt_id, response_id, tokens, terminated, reward, kl_k1, kl_k3)
     VALUES (@reportId, @position, @checkpoint, @promptId, @responseId, @tokens, @terminated, @reward, @klK1, @klK3)`,
  );
  const answers = connection.prepare<
    { reportId: string; after: number; before: number },
    StoredAnswer & { messages: string; promptMessages: string }
  >(
    `SELECT ${answerColumns} FROM report_answers JOIN responses ON responses.id = response_id JOIN prompts ON prompts.id = report_answers.prompt_id
     WHERE report_id = @reportId AND position > @after AND position <= @before ORDER BY position, checkpoint`,
  );
  return {
    /** In state `queued`. */
    insert: (row: ReportInsert) => insert.run({ ...row, config: JSON.stringify(row.config) }),
    get(id: string): ReportRow | undefined {
      const row = get.get({ id });
      return row && parse(row);
    },
    /** Newest first. */
    list: () => list.all().map(parse),
    unfinished: () => unfinished.all().map(parse),
    count: () => count.get()?.count ?? 0,
    update(id: string, changes: ReportChange): void {
      const row = get.get({ id });
      if (!row) return;
      const { state, done, total, measures, error, endedAt } = { ...parse(row), ...changes };
      change.run({ id, state, done, total, measures: measures === null ? null : JSON.stringify(measures), error, endedAt });
    },
    insertAnswer: (row: AnswerInsert) => insertAnswer.run({ ...row, terminated: row.terminated ? 1 : 0 }),
    /** Answers to the prompts at positions after+1 … after+limit, by position and checkpoint; messages are JSON of Message[]. */
    answers: (reportId: string, after = -1, limit = 1_000_000) =>
      answers.all({ reportId, after, before: after + limit }).map((row) => ({ ...row, terminated: row.terminated === 1 })),
  };
}
