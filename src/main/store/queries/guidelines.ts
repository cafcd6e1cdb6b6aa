import type { GuidelineAsks } from '#shared/domain.ts';
import type { Connection } from '../connection.ts';

export interface GuidelineRow {
  version: number;
  markdown: string;
  createdAt: number;
  createdBy: string | null;
  asks: GuidelineAsks;
}
type New = Omit<GuidelineRow, 'version' | 'asks'> & { asks?: GuidelineAsks };
type Flat = Omit<GuidelineRow, 'asks'> & { asks: string };
const parse = (row: Flat): GuidelineRow => ({ ...row, asks: JSON.parse(row.asks) as GuidelineAsks });
const columns = 'version, markdown, created_at AS createdAt, created_by AS createdBy, asks';

export function createGuidelineQueries(connection: Connection) {
  const insert = connection.prepare<Omit<Flat, 'version'>, { version: number }>(
    `INSERT INTO guidelines (version, markdown, created_at, created_by, asks)
     VALUES ((SELECT coalesce(max(version), 0) + 1 FROM guidelines), @markdown, @createdAt, @createdBy, @asks) RETURNING version`,
  );
  const current = connection.prepare<undefined, Flat>(`SELECT ${columns} FROM guidelines ORDER BY version DESC LIMIT 1`);
  const newest = connection.prepare<undefined, { version: number | null }>('SELECT max(version) AS version FROM guidelines');
  const get = connection.prepare<{ version: number }, Flat>(`SELECT ${columns} FROM guidelines WHERE version = @version`);
  const all = connection.prepare<undefined, Flat>(`SELECT ${columns} FROM guidelines ORDER BY version DESC`);
  return {
    /** Supersedes the guideline; returns the new version, from 1. */
    supersede: ({ asks = { aspects: [], minimumReason: 0 }, ...row }: New): number =>
      insert.get({ ...row, asks: JSON.stringify(asks) })?.version ?? 0,
    current(): GuidelineRow | undefined {
      const row = current.get();
      return row && parse(row);
    },
    /** Of the one in force, without its text; null before the first. */
    currentVersion: () => newest.get()?.version ?? null,
    get(version: number): GuidelineRow | undefined {
      const row = get.get({ version });
      return row && parse(row);
    },
    /** Newest first. */
    all: () => all.all().map(parse),
  };
}
