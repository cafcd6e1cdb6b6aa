import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTensorflowSetup } from '#jobs/setup-tensorflow.ts';

const base = mkdtempSync(join(tmpdir(), 'plumbline-setup-'));
beforeAll(() => {
  vi.stubEnv('PLUMBLINE_LIBTENSORFLOW', base);
  vi.stubEnv('CXX', 'a-compiler-that-nobody-has'); // so that no test fetches anything
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(base, { recursive: true });
});

test('what is missing is said before anything is fetched, and nothing is left', async () => {
  const words: string[] = [];
  const { ended } = startTensorflowSetup('cpu', (line) => words.push(line));
  expect(await ended).toMatch(/"a-compiler-that-nobody-has" was not found\. Install one|can be set up on Linux on x64 only/);
  expect(words).toEqual([]);
  expect(readdirSync(base)).toEqual([]);
});

test('one that is stopped ends, with a sentence', async () => {
  const setup = startTensorflowSetup('cpu', () => {});
  setup.stop();
  expect(await setup.ended).toMatch(/^Setting up TensorFlow ended by .+ Try again\.$/);
});
