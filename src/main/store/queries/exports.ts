import type { Connection } from '../connection.ts';

export interface ExportRow {
  id: string;
  fileName: string;
  fileHash: string;
  format: string;
  policy: Record<string, unknown>;
  rows: number;
  dropped: Record<string, number>;
  createdAt: number;
}

export function createExportQueries(connection: Connection) {
  const insert = connection.prepare<Omit<ExportRow, 'policy' | 'dropped'> & { policy: string; dropped: string }>(
    `INSERT INTO exports (id, file_name, file_hash, format, policy, rows, dropped, created_at)
     VALUES (@id, @fileName, @fileHash, @format, @policy, @rows, @dropped, @createdAt)`,
  );
  return {
    insert: (row: ExportRow) => insert.run({ ...row, policy: JSON.stringify(row.policy), dropped: JSON.stringify(row.dropped) }),
  };
}
