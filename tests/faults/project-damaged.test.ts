import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '#store/store.ts';
import { openDemoProject } from '../support/open-project.ts';

function closedProject() {
  const { store, folder } = openDemoProject({ pairs: 40, simulated: 40 });
  store.close();
  const file = join(folder, 'project.db');
  return { folder, file, bytes: readFileSync(file) };
}

const sentence = /project\.db is damaged, so it was left as it is\. It has no backup yet\./;

test.each([
  ['its header overwritten', (bytes: Buffer) => bytes.fill(0x2a, 0, 16)],
  ['a page in the middle overwritten', (bytes: Buffer) => bytes.fill(0xff, 40 * 4096, 41 * 4096)],
  ['half of it missing', (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length / 8192) * 4096)],
  ['nothing in it', () => Buffer.alloc(0)],
  ['one byte in it', () => Buffer.from('x')],
  ['text in it', () => Buffer.from('not a database\n'.repeat(1000))],
])('a database with %s is refused with a sentence and left as it is', (_how, damage) => {
  const { folder, file, bytes } = closedProject();
  const damaged = Buffer.from(damage(bytes));
  writeFileSync(file, damaged);
  expect(() => openStore(folder)).toThrow(sentence);
  expect(readFileSync(file).equals(damaged)).toBe(true);
});

test('a write-ahead log that was cut off loses only what was not acknowledged', () => {
  const { folder, file } = closedProject();
  writeFileSync(`${file}-wal`, Buffer.alloc(5000, 7));
  const store = openStore(folder);
  expect(store.prompts.all()).toHaveLength(80);
  store.close();
  truncateSync(file, 0);
  expect(() => openStore(folder)).toThrow(sentence);
});
