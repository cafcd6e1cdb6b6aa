import { expect, test } from 'vitest';
import { reproductionWords } from '../../../src/renderer/train/reproduction-words.ts';

const hash = 'a'.repeat(64);
const differs = { equal: false, hash: 'b'.repeat(64), expected: hash, backend: 'kernels', recordedBackend: 'kernels' };

test('a repetition says that it came out the same, with the hash', () => {
  const words = reproductionWords({ equal: true, hash, expected: hash, backend: 'kernels', recordedBackend: 'kernels' });
  expect(words).toEqual({ short: 'came out the same: aaaaaaaaaaaa', finding: 'It came out the same: aaaaaaaaaaaa', why: null });
});

test('one that differs says whether the backend may be why', () => {
  expect(reproductionWords(differs).why).toMatch(/^The backend is the same/);
  expect(reproductionWords({ ...differs, backend: 'tensorflow' }).why).toMatch(/^The backends are not the same/);
  expect(reproductionWords(differs).short).toBe('came out different');
});
