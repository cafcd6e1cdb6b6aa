import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepSampleTokens, readSampleTokens } from '#backend/runs/sample-tokens.ts';
import { temporaryFolder } from '../support/temporary.ts';

const tokens = { tokens: ['A', ' room'], logRatios: [0.5, -0.25] };

test.each(['prm_0mwum9abc', 'desk-0544'])('an answer to prompt %s is kept and read token by token', (promptId) => {
  const folder = temporaryFolder();
  expect(keepSampleTokens(folder, 4, promptId, tokens)).toBe(join('samples', `4-${promptId}.json`));
  expect(readSampleTokens(folder, 4, promptId)).toEqual(tokens);
  expect(readSampleTokens(folder, 5, promptId)).toBeNull();
});

test('no other file of the run is read, whatever is asked for', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'secret.json'), JSON.stringify(tokens));
  expect(readSampleTokens(folder, 4, '/../../secret')).toBeNull();
});
