import { dirname } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import { version } from '#shared/version.ts';
import { backUpLayout } from './backups.ts';
import type { Connection } from './connection.ts';
import { damaged } from './errors.ts';
import { migrations as released } from './migrations/index.ts';

/** "Plum", so that another program's SQLite file is not taken for ours. */
const applicationId = 0x506c756d;

/**
 * Brings `file` to the newest layout, one transaction a migration; a database that already holds something is first copied whole into `backups/`.
 * @throws PlainError newer (the file is from a later Plumbline; untouched), damaged (not ours, or broken; untouched)
 */
export function migrate(connection: Connection, file: string, migrations: readonly string[] = released): void {
  const at = Number(connection.pragma('user_version'));
  const tables = connection.prepare<undefined, { count: number }>('SELECT count(*) AS count FROM sqlite_schema').get()?.count ?? 0;
  if (tables > 0 && Number(connection.pragma('application_id')) !== applicationId) throw damaged(file);
  if (at > migrations.length) {
    throw new PlainError(
      'newer',
      `${dirname(file)} was written by a newer Plumbline (layout ${at}; this is ${version}, which knows layout ${migrations.length}). Update Plumbline, then open it again; nothing was changed.`,
    );
  }
  if (tables > 0 && at < migrations.length) backUpLayout(connection, file, at);
  for (const [index, sql] of migrations.entries()) {
    if (index < at) continue;
    connection.transaction(() => {
      connection.execute(sql);
      connection.execute(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${index + 1}`);
    });
  }
}
