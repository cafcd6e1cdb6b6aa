import type { Connection } from '../connection.ts';

export interface GuidelineRow {
  version: number;
  markdown: string;
  createdAt: number;
  createdBy: string | null;
}

export function createGuidelineQueries(connection: Connection) {
  const insert = connection.prepare<Omit<GuidelineRow, 'version'>, { version: number }>(
    `INSERT INTO guidelines (version, markdown, created_at, created_by)
     VALUES ((SELECT coalesce(max(version), 0) + 1 FROM guidelines), @markdown, @createdAt, @createdBy) RETURNING version`,
  );
  const current = connection.prepare<undefined, GuidelineRow>(
    'SELECT version, markdown, created_at AS createdAt, created_by AS createdBy FROM guidelines ORDER BY version DESC LIMIT 1',
  );
  return {
    /** Supersedes the guideline; returns the new version, from 1. */
    supersede: (row: Omit<GuidelineRow, 'version'>): number => insert.get(row)?.version ?? 0,
    current: () => current.get(),
  };
}
