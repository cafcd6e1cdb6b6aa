import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { openDemoProject } from '../support/open-project.ts';
import { assignNext, judgmentRow } from '../support/rows.ts';

/** Statements that a defect of ours, or another program, could send; the triggers must stop them whoever sends them. */
const forbidden = [
  "UPDATE judgments SET ranking = '[[1],[0]]'",
  'UPDATE judgments SET decided_at = 0',
  'DELETE FROM judgments',
  "UPDATE responses SET messages = '[]'",
  'DELETE FROM responses',
  "UPDATE prompts SET split = 'held_out'",
  "UPDATE prompts SET messages = '[]'",
  "UPDATE guidelines SET markdown = ''",
  'DELETE FROM guidelines',
  "UPDATE people SET kind = 'person' WHERE kind = 'simulated'",
  "UPDATE assignments SET order_shown = '[1,0]'",
  "UPDATE checkpoints SET hash = ''",
  'UPDATE comparisons SET queued = 0',
];

test.each(forbidden)('the store itself refuses: %s', (sql) => {
  const { store, owner, folder } = openDemoProject();
  store.judgments.insert(judgmentRow({ assignmentId: assignNext(store, owner), personId: owner }));
  store.close();
  const raw = new Database(join(folder, 'project.db'));
  try {
    const before = raw.prepare('SELECT count(*) AS count FROM judgments').get();
    expect(() => raw.exec(sql)).toThrow(/never|append-only|superseded/);
    expect(raw.prepare('SELECT count(*) AS count FROM judgments').get()).toEqual(before);
  } finally {
    raw.close();
  }
});

test('every table is STRICT, every foreign key holds, and a comparison of no study cannot name a report', () => {
  const { store, folder } = openDemoProject();
  store.close();
  const raw = new Database(join(folder, 'project.db'));
  try {
    const loose = raw
      .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all();
    expect(loose.filter((name) => !String(name).includes('_search'))).toEqual([]);
    expect(raw.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
    raw.pragma('foreign_keys = ON');
    const insert = (prompt: string, purpose: string) =>
      raw.exec(`INSERT INTO comparisons (id, prompt_id, purpose, hash, created_at) VALUES ('cmp_x', '${prompt}', '${purpose}', 'h', 1)`);
    expect(() => insert('demo_0', 'study')).toThrow(/CHECK/);
    expect(() => insert('nowhere', 'labeling')).toThrow(/FOREIGN KEY/);
  } finally {
    raw.close();
  }
});

test('a judgment must follow the latest of its own chain, and its own person', () => {
  const { store, owner } = openDemoProject();
  const assignmentId = assignNext(store, owner);
  const first = store.judgments.insert(judgmentRow({ assignmentId, personId: owner }));
  expect(() => store.judgments.insert(judgmentRow({ assignmentId, personId: owner }))).toThrow(/follows the latest/);
  const second = store.judgments.insert(judgmentRow({ assignmentId, personId: owner, revises: first, ranking: [[1], [0]] }));
  expect(() => store.judgments.insert(judgmentRow({ assignmentId, personId: owner, revises: first }))).toThrow(/follows the latest/);
  const simulated = store.people.ofKind('simulated')[0];
  expect(() => store.judgments.insert(judgmentRow({ assignmentId, personId: simulated?.id ?? '', revises: second }))).toThrow();
  const counted = store.judgments.counted();
  expect(counted.map(({ seq, ranking }) => ({ seq, ranking }))).toEqual([{ seq: second, ranking: [[1], [0]] }]);
});
