import type { Method, PersonKind, RunState } from '#shared/domain.ts';
import type { RewardReport } from '#shared/jobs.ts';
import type { Connection } from '../connection.ts';

/** How many rows a run trains on and holds out, and whose judgments they are. */
export interface RunData {
  train: number;
  heldOut: number;
  judgmentsBy: PersonKind[];
}
/** What a run is started with; none of it changes afterwards. */
export interface RunInsert {
  id: string;
  name: string;
  method: Method;
  config: Record<string, unknown>;
  seed: number;
  startCheckpointId: string;
  rewardModelId: string | null;
  data: RunData;
  /** Of the exact judgment and prompt ids. */
  dataHash: string;
  /** True when simulated or model judgments are among its data. */
  simulated: boolean;
  versions: Record<string, string>;
  totalSteps: number;
  createdAt: number;
}
export interface RunRow extends RunInsert {
  state: RunState;
  backend: string | null;
  resultCheckpointId: string | null;
  step: number;
  report: RewardReport | null;
  error: string | null;
  startedAt: number | null;
  endedAt: number | null;
}
/** What changes while a run goes on; only the keys given are written. */
export type RunChange = Partial<
  Pick<RunRow, 'state' | 'backend' | 'resultCheckpointId' | 'step' | 'totalSteps' | 'report' | 'error' | 'startedAt' | 'endedAt'>
>;
type Stored = Omit<RunRow, 'config' | 'data' | 'versions' | 'report' | 'simulated'> & {
  config: string;
  data: string;
  versions: string;
  report: string | null;
  simulated: 0 | 1;
};

const columns = `id, name, method, state, config, seed, backend, start_checkpoint_id AS startCheckpointId, reward_model_id AS rewardModelId,
  result_checkpoint_id AS resultCheckpointId, data, data_hash AS dataHash, simulated, versions, step, total_steps AS totalSteps, report, error,
  created_at AS createdAt, started_at AS startedAt, ended_at AS endedAt`;
const parse = (row: Stored): RunRow => ({
  ...row,
  config: JSON.parse(row.config) as Record<string, unknown>,
  data: JSON.parse(row.data) as RunData,
  versions: JSON.parse(row.versions) as Record<string, string>,
  report: row.report === null ? null : (JSON.parse(row.report) as RewardReport),
  simulated: row.simulated === 1,
});

export function createRunQueries(connection: Connection) {
  const insert = connection.prepare<Omit<Stored, keyof Omit<RunRow, keyof RunInsert>>>(
    `INSERT INTO runs (id, name, method, state, config, seed, start_checkpoint_id, reward_model_id, data, data_hash, simulated, versions, total_steps, created_at)
     VALUES (@id, @name, @method, 'queued', @config, @seed, @startCheckpointId, @rewardModelId, @data, @dataHash, @simulated, @versions, @totalSteps, @createdAt)`,
  );
  const get = connection.prepare<{ id: string }, Stored>(`SELECT ${columns} FROM runs WHERE id = @id`);
  const named = connection.prepare<{ name: string }, Stored>(`SELECT ${columns} FROM runs WHERE name = @name`);
  const list = connection.prepare<undefined, Stored>(`SELECT ${columns} FROM runs ORDER BY created_at DESC, id DESC`);
  const unfinished = connection.prepare<undefined, Stored>(
    `SELECT ${columns} FROM runs WHERE state IN ('queued', 'running', 'stopping') ORDER BY created_at, id`,
  );
  const count = connection.prepare<undefined, { count: number }>('SELECT count(*) AS count FROM runs');
  const countOf = connection.prepare<{ method: Method }, { count: number }>('SELECT count(*) AS count FROM runs WHERE method = @method');
  const change = connection.prepare<Omit<Stored, keyof Omit<RunInsert, 'id' | 'totalSteps'>> & { id: string }>(
    `UPDATE runs SET state = @state, backend = @backend, result_checkpoint_id = @resultCheckpointId, step = @step, total_steps = @totalSteps,
       report = @report, error = @error, started_at = @startedAt, ended_at = @endedAt WHERE id = @id`,
  );
  const one = (row: Stored | undefined) => row && parse(row);
  return {
    /** In state `queued`. */
    insert: (row: RunInsert) =>
      insert.run({
        ...row,
        config: JSON.stringify(row.config),
        data: JSON.stringify(row.data),
        versions: JSON.stringify(row.versions),
        simulated: row.simulated ? 1 : 0,
      }),
    get: (id: string) => one(get.get({ id })),
    named: (name: string) => one(named.get({ name })),
    /** Newest first. */
    list: () => list.all().map(parse),
    /** Queued, running or stopping, oldest first. */
    unfinished: () => unfinished.all().map(parse),
    count: () => count.get()?.count ?? 0,
    countOf: (method: Method) => countOf.get({ method })?.count ?? 0,
    update(id: string, changes: RunChange): void {
      const row = one(get.get({ id }));
      if (!row) return;
      const { state, backend, resultCheckpointId, step, totalSteps, report, error, startedAt, endedAt } = { ...row, ...changes };
      change.run({
        id,
        state,
        backend,
        resultCheckpointId,
        step,
        totalSteps,
        report: report && JSON.stringify(report),
        error,
        startedAt,
        endedAt,
      });
    },
  };
}
