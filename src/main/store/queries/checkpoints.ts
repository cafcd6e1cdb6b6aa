import type { CheckpointKind } from '#shared/domain.ts';
import type { RewardReport } from '#shared/jobs.ts';
import type { Connection } from '../connection.ts';

export interface CheckpointRow {
  id: string;
  name: string;
  kind: CheckpointKind;
  /** Of its files; they lie in `checkpoints/HASH`. */
  hash: string;
  parentId: string | null;
  /** What an adapter corrects; of a whole checkpoint, where its line began. */
  baseId: string | null;
  /** Whether it is an adapter, of no use without its base. */
  adapter: boolean;
  runId: string | null;
  architecture: string;
  parameters: number;
  bytes: number;
  tokenizerHash: string | null;
  license: string | null;
  report: RewardReport | null;
  createdAt: number;
  /** When its files were deleted; the row stays for what names it. */
  removedAt: number | null;
}
type Stored = Omit<CheckpointRow, 'report' | 'adapter'> & { report: string | null; adapter: 0 | 1 };

const columns = `id, name, kind, hash, parent_id AS parentId, base_id AS baseId, adapter, run_id AS runId, architecture, parameters, bytes,
  tokenizer_hash AS tokenizerHash, license, report, created_at AS createdAt, removed_at AS removedAt`;
const parse = (row: Stored): CheckpointRow => ({
  ...row,
  adapter: row.adapter === 1,
  report: row.report === null ? null : (JSON.parse(row.report) as RewardReport),
});

export function createCheckpointQueries(connection: Connection) {
  const insert = connection.prepare<Omit<Stored, 'removedAt'>>(
    `INSERT INTO checkpoints (id, name, kind, hash, parent_id, base_id, adapter, run_id, architecture, parameters, bytes, tokenizer_hash, license, report, created_at)
     VALUES (@id, @name, @kind, @hash, @parentId, @baseId, @adapter, @runId, @architecture, @parameters, @bytes, @tokenizerHash, @license, @report, @createdAt)`,
  );
  const get = connection.prepare<{ id: string }, Stored>(`SELECT ${columns} FROM checkpoints WHERE id = @id`);
  const named = connection.prepare<{ name: string }, Stored>(`SELECT ${columns} FROM checkpoints WHERE name = @name`);
  const byHash = connection.prepare<{ hash: string }, Stored>(
    `SELECT ${columns} FROM checkpoints WHERE hash = @hash ORDER BY created_at LIMIT 1`,
  );
  const list = connection.prepare<undefined, Stored>(`SELECT ${columns} FROM checkpoints WHERE removed_at IS NULL ORDER BY created_at, id`);
  const ofKind = connection.prepare<{ kind: CheckpointKind }, Stored>(
    `SELECT ${columns} FROM checkpoints WHERE kind = @kind AND removed_at IS NULL ORDER BY created_at DESC, id DESC`,
  );
  const count = connection.prepare<undefined, { count: number }>('SELECT count(*) AS count FROM checkpoints WHERE removed_at IS NULL');
  const setRemoved = connection.prepare<{ id: string; at: number | null }>('UPDATE checkpoints SET removed_at = @at WHERE id = @id');
  const adaptersOf = connection.prepare<{ id: string }, Stored>(
    `SELECT ${columns} FROM checkpoints WHERE base_id = @id AND adapter = 1 AND removed_at IS NULL ORDER BY created_at`,
  );
  const one = (row: Stored | undefined) => row && parse(row);
  return {
    insert: (row: Omit<CheckpointRow, 'removedAt'>) =>
      insert.run({ ...row, adapter: row.adapter ? 1 : 0, report: row.report && JSON.stringify(row.report) }),
    get: (id: string) => one(get.get({ id })),
    named: (name: string) => one(named.get({ name })),
    byHash: (hash: string) => one(byHash.get({ hash })),
    /** Its files are gone, or are there again. */
    setRemoved: (id: string, at: number | null) => setRemoved.run({ id, at }),
    /** Adapters that are of no use without this checkpoint. */
    adaptersOf: (id: string) => adaptersOf.all({ id }).map(parse),
    /** Oldest first; without those whose files are gone, as in all that follows. */
    list: () => list.all().map(parse),
    /** Newest first. */
    ofKind: (kind: CheckpointKind) => ofKind.all({ kind }).map(parse),
    count: () => count.get()?.count ?? 0,
  };
}
