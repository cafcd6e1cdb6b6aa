import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { backUpDaily } from '#store/backups.ts';
import { connect } from '#store/connection.ts';
import { openStore } from '#store/store.ts';
import { openDemoProject } from '../support/open-project.ts';

const day = 24 * 60 * 60_000;
const noon = Date.UTC(2026, 10, 24, 12);

function project() {
  const { store, folder } = openDemoProject({ pairs: 40, simulated: 40 });
  store.close();
  const file = join(folder, 'project.db');
  return { folder, file, connection: connect(file), backups: () => readdirSync(join(folder, 'backups')).sort() };
}

test('one copy a day, of which the newest three stay, whole projects each', async () => {
  const { connection, file, backups } = project();
  expect(await backUpDaily(connection, file, noon)).toContain('day-2026-11-24T12-00-00-000Z.db');
  expect(await backUpDaily(connection, file, noon + day / 2)).toBeNull();
  for (let days = 1; days <= 4; days++) expect(await backUpDaily(connection, file, noon + days * day + 1)).not.toBeNull();
  connection.close();
  expect(backups().map((name) => name.slice(0, 14))).toEqual(['day-2026-11-26', 'day-2026-11-27', 'day-2026-11-28']);
  const copy = connect(join(file, '..', 'backups', backups()[0]!));
  expect(copy.prepare<undefined, { count: number }>('SELECT count(*) AS count FROM prompts').get()?.count).toBe(80);
  expect(copy.pragma('quick_check(1)')).toBe('ok');
  copy.close();
});

test('what is written while it is copied is in the copy', async () => {
  const { connection, file } = project();
  const copying = backUpDaily(connection, file, noon);
  await new Promise(setImmediate);
  connection.execute("UPDATE prompts SET topic = 'written meanwhile'");
  const copy = connect((await copying)!);
  connection.close();
  expect(copy.prepare<undefined, { topic: string }>('SELECT DISTINCT topic FROM prompts').all()).toEqual([{ topic: 'written meanwhile' }]);
  copy.close();
});

test('a project that is closed in the middle leaves no half copy; what a killed process left goes', async () => {
  const { connection, file, folder, backups } = project();
  writeFileSync(join(folder, 'backups', 'day-2026-11-20T12-00-00-000Z.db.partial'), 'half');
  const copying = backUpDaily(connection, file, noon);
  connection.close();
  expect(await copying).toBeNull();
  expect(backups()).toEqual([]);
});

test('a damaged project names its newest backup, whatever made it, or says that there is none', async () => {
  const { connection, file, folder } = project();
  const copy = await backUpDaily(connection, file, noon);
  connection.close();
  writeFileSync(file, 'not a database\n'.repeat(1000));
  expect(() => openStore(folder)).toThrow(`copy ${join('backups', basename(copy!))} over project.db, remove project.db-wal`);
  const newer = join(folder, 'backups', 'layout-9-2027-01-01T00-00-00-000Z.db');
  writeFileSync(newer, '');
  utimesSync(newer, 0, 0);
  expect(() => openStore(folder)).toThrow(join('backups', basename(newer)));
  const other = project();
  other.connection.close();
  writeFileSync(other.file, 'x');
  expect(() => openStore(other.folder)).toThrow('It has no backup yet');
  expect(existsSync(`${other.file}-wal`)).toBe(false);
});
