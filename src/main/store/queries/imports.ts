import type { RejectedRow } from '#shared/api/data.ts';
import type { Connection } from '../connection.ts';

export interface ImportRow {
  id: string;
  fileName: string;
  fileHash: string;
  format: string;
  policy: Record<string, unknown>;
  rows: number;
  accepted: number;
  duplicates: number;
  rejected: number;
  rejectedRows: RejectedRow[];
  createdAt: number;
}
type Stored = Omit<ImportRow, 'policy' | 'rejectedRows'> & { policy: string; rejectedRows: string };

const columns = `id, file_name AS fileName, file_hash AS fileHash, format, policy, rows, accepted, duplicates, rejected,
  rejected_rows AS rejectedRows, created_at AS createdAt`;
const parse = (row: Stored): ImportRow => ({
  ...row,
  policy: JSON.parse(row.policy) as Record<string, unknown>,
  rejectedRows: JSON.parse(row.rejectedRows) as RejectedRow[],
});

export function createImportQueries(connection: Connection) {
  const insert = connection.prepare<Stored>(
    `INSERT INTO imports (id, file_name, file_hash, format, policy, rows, accepted, duplicates, rejected, rejected_rows, created_at)
     VALUES (@id, @fileName, @fileHash, @format, @policy, @rows, @accepted, @duplicates, @rejected, @rejectedRows, @createdAt)`,
  );
  const finish = connection.prepare<Pick<Stored, 'id' | 'rows' | 'accepted' | 'duplicates' | 'rejected' | 'rejectedRows'>>(
    `UPDATE imports SET rows = @rows, accepted = @accepted, duplicates = @duplicates, rejected = @rejected, rejected_rows = @rejectedRows
     WHERE id = @id`,
  );
  const get = connection.prepare<{ id: string }, Stored>(`SELECT ${columns} FROM imports WHERE id = @id`);
  const page = connection.prepare<{ before: string; limit: number }, Stored>(
    `SELECT ${columns} FROM imports WHERE id < @before ORDER BY id DESC LIMIT @limit`,
  );
  const count = connection.prepare<undefined, { count: number }>('SELECT count(*) AS count FROM imports');
  return {
    insert: (row: ImportRow) => insert.run({ ...row, policy: JSON.stringify(row.policy), rejectedRows: JSON.stringify(row.rejectedRows) }),
    /** The counts at the end of an import, in the transaction that began with `insert`. */
    finish: (row: Pick<ImportRow, 'id' | 'rows' | 'accepted' | 'duplicates' | 'rejected' | 'rejectedRows'>) =>
      finish.run({
        id: row.id,
        rows: row.rows,
        accepted: row.accepted,
        duplicates: row.duplicates,
        rejected: row.rejected,
        rejectedRows: JSON.stringify(row.rejectedRows),
      }),
    get(id: string): ImportRow | undefined {
      const row = get.get({ id });
      return row && parse(row);
    },
    /** Newest first; `before` is the id of the last row seen, or null. */
    page: (before: string | null, limit: number) => page.all({ before: before ?? '~', limit }).map(parse),
    count: () => count.get()?.count ?? 0,
  };
}
