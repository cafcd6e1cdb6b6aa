import { expect, test } from 'vitest';
import { outboxPrefix, rememberRole, signedOutSentence } from '../../../src/renderer/app/signed-out.ts';

function memoryStorage() {
  const entries = new Map<string, string>();
  return {
    get length() {
      return entries.size;
    },
    key: (index: number) => [...entries.keys()][index] ?? null,
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
  };
}

test('each is told of the link that they can get: the owner of the printed one, whoever was invited of a new one', () => {
  const storage = memoryStorage();
  expect(signedOutSentence(storage)).toMatch(/printed when it started, or ask whoever invited you/);
  rememberRole('annotator', storage);
  expect(signedOutSentence(storage)).toBe('Your link to this project was renewed or taken back. Ask whoever invited you for a new link.');
  rememberRole('owner', storage);
  expect(signedOutSentence(storage)).toMatch(/^Open the link that Plumbline printed when it started/);
});

test('judgments that wait are named', () => {
  const storage = memoryStorage();
  storage.setItem(`${outboxPrefix}/project|person`, JSON.stringify([{ kind: 'judge' }, { kind: 'undo' }]));
  storage.setItem('plumbline.reason.asg_1', 'It says when.');
  expect(signedOutSentence(storage)).toMatch(/ A judgment that you made here waits in this browser/);
  storage.setItem(`${outboxPrefix}/other|person`, JSON.stringify([{ kind: 'judge' }]));
  expect(signedOutSentence(storage)).toMatch(/ 2 judgments that you made here wait in this browser/);
  storage.setItem(`${outboxPrefix}/other|person`, '[{"kind":');
  expect(signedOutSentence(storage)).toMatch(/ A judgment that you made here/);
});
