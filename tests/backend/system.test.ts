import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createMachine } from '#backend/machine/index.ts';
import { createSystem } from '#backend/system.ts';
import { tryBackend } from '#jobs/try-backend.ts';

const data = mkdtempSync(join(tmpdir(), 'plumbline-system-'));
afterAll(() => rmSync(data, { recursive: true }));

test('the doctor opens the backend that training would use, and gives a reason for every one that is not there', async () => {
  const found = await createSystem(createMachine(data)).doctor();
  expect(found.backends.find(({ name }) => name === 'wasm')).toMatchObject({ available: true, reason: null });
  for (const { available, reason, words } of found.backends) {
    expect(words).not.toBe('');
    expect(available).toBe(reason === null);
  }
  expect(found.sqlite).toMatch(/^3\./);
  expect(found.electron.found || found.electron.reason).toBeTruthy();
});

test('a backend that is not there, or does not start in time, is a reason and not a failure', async () => {
  expect(await tryBackend('abacus')).toEqual({ reason: expect.stringContaining('There is no backend "abacus"') });
  expect(await tryBackend('wasm', 0.001)).toEqual({ reason: expect.stringContaining('did not start within') });
});
