import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { connect } from '#store/connection.ts';
import { migrate } from '#store/migrate.ts';
import { migrations } from '#store/migrations/index.ts';
import { createStore, openStore } from '#store/store.ts';
import { temporaryFolder } from '../support/temporary.ts';

function schema(file: string): unknown[] {
  const raw = new Database(file, { readonly: true });
  try {
    return raw.prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name").all();
  } finally {
    raw.close();
  }
}

/** A file as it was written by the release that knew `layout` migrations. */
function writeLayout(folder: string, layout: number): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'project.db');
  const connection = connect(file);
  migrate(connection, file, migrations.slice(0, layout));
  connection.execute("INSERT INTO people (id, kind, name, role, created_at) VALUES ('per_1', 'person', 'Ada', 'owner', 1)");
  connection.close();
  return file;
}

test.each(migrations.map((_, index) => index + 1))(
  'layout %i opens in this version with its rows, after a whole copy into backups',
  (layout) => {
    const folder = join(temporaryFolder(), 'old.plumbline');
    const file = writeLayout(folder, layout);
    const store = openStore(folder);
    expect(store.people.owner()?.name).toBe('Ada');
    store.close();
    const fresh = createStore(join(temporaryFolder(), 'fresh'));
    fresh.close();
    expect(schema(file)).toEqual(schema(join(fresh.folder, 'project.db')));
    const backups = layout === migrations.length ? [] : readdirSync(join(folder, 'backups'));
    expect(backups).toHaveLength(layout === migrations.length ? 0 : 1);
    for (const name of backups) {
      const copy = new Database(join(folder, 'backups', name), { readonly: true });
      expect(copy.pragma('user_version', { simple: true })).toBe(layout);
      expect(copy.prepare('SELECT name FROM people').pluck().get()).toBe('Ada');
      copy.close();
    }
  },
);

test('text that was there before search existed is found after the migration', () => {
  const folder = join(temporaryFolder(), 'old.plumbline');
  const file = writeLayout(folder, 4);
  const raw = new Database(file);
  raw.exec(
    `INSERT INTO prompts (id, messages, hash, family, source, split, created_at)
     VALUES ('prm_1', '[{"role":"user","content":"a lighthouse"}]', 'h', 'f', 'test', 'train', 1)`,
  );
  raw.close();
  const store = openStore(folder);
  expect(store.prompts.page('lighthouse', 0, 10)).toHaveLength(1);
  store.close();
});

test('a migration that fails leaves the file at its layout', () => {
  const folder = join(temporaryFolder(), 'old.plumbline');
  const file = writeLayout(folder, 1);
  const connection = connect(file);
  expect(() =>
    migrate(connection, file, [...migrations.slice(0, 1), 'CREATE TABLE half (a TEXT) STRICT; CREATE TABLE half (a TEXT) STRICT']),
  ).toThrow();
  expect(connection.pragma('user_version')).toBe(1);
  connection.close();
  expect(schema(file).some((entry) => (entry as { name: string }).name === 'half')).toBe(false);
});

test('a file of a newer version is refused with a sentence and not touched', () => {
  const store = createStore(join(temporaryFolder(), 'new'));
  store.close();
  const file = join(store.folder, 'project.db');
  const raw = new Database(file);
  raw.pragma(`user_version = ${migrations.length + 1}`);
  raw.pragma('journal_mode = DELETE');
  raw.close();
  const before = readFileSync(file);
  expect(() => openStore(store.folder)).toThrow(/newer Plumbline.*Update Plumbline/);
  const after = readFileSync(file);
  // Bytes 18 and 19 say which journal is used; the rest of the file is as it was.
  for (const bytes of [before, after]) bytes.fill(0, 18, 20).fill(0, 24, 28).fill(0, 92, 96);
  expect(after.equals(before)).toBe(true);
});

test('a database of another program is refused', () => {
  const folder = join(temporaryFolder(), 'other.plumbline');
  mkdirSync(folder);
  const raw = new Database(join(folder, 'project.db'));
  raw.exec('CREATE TABLE bookmarks (url TEXT)');
  raw.close();
  expect(() => openStore(folder)).toThrow(/is damaged/);
});

test('a folder without a project, and a project that is there already, are sentences', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'notes.txt'), 'hello');
  expect(() => openStore(folder)).toThrow(/is not a Plumbline project.*Choose a folder/);
  const store = createStore(join(folder, 'mine'));
  store.close();
  expect(() => createStore(join(folder, 'mine'))).toThrow(/already a Plumbline project/);
});
