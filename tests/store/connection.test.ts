import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect } from '#store/connection.ts';
import { temporaryFolder } from '../support/temporary.ts';

test('every commit is on disk before it is acknowledged, foreign keys hold, and the operating system keeps others out', () => {
  const file = join(temporaryFolder(), 'project.db');
  const connection = connect(file);
  expect(connection.pragma('journal_mode')).toBe('wal');
  expect(connection.pragma('synchronous')).toBe(2); // FULL
  expect(connection.pragma('foreign_keys')).toBe(1);
  expect(connection.pragma('locking_mode')).toBe('exclusive');
  expect(() => connect(file)).toThrow(/Another copy of Plumbline/);
  connection.close();
  connect(file).close();
});

test('a transaction that throws leaves nothing, also inside another that goes on', () => {
  const connection = connect(join(temporaryFolder(), 'project.db'));
  connection.execute('CREATE TABLE words (word TEXT NOT NULL) STRICT');
  const insert = connection.prepare<{ word: string }>('INSERT INTO words VALUES (@word)');
  const words = connection.prepare<undefined, { word: string }>('SELECT word FROM words');
  const fail = () => {
    insert.run({ word: 'lost' });
    throw new Error('no');
  };
  expect(() => connection.transaction(fail)).toThrow('no');
  connection.transaction(() => {
    insert.run({ word: 'kept' });
    expect(() => connection.transaction(fail)).toThrow('no');
  });
  expect(words.all()).toEqual([{ word: 'kept' }]);
  connection.close();
});
