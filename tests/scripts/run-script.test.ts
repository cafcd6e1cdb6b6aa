import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { settingsOf } from '../../scripts/lib/settings-of.ts';
import { temporaryFolder } from '../support/temporary.ts';

const library = pathToFileURL(join(import.meta.dirname, '../../scripts/lib/run-script.ts')).href;
const errors = pathToFileURL(join(import.meta.dirname, '../../src/shared/errors.ts')).href;

/** A script that doubles a number, and two ways in which its work fails. */
const program = `
import { runScript } from ${JSON.stringify(library)};
import { PlainError } from ${JSON.stringify(errors)};
await runScript({
  usage: 'Usage: double --of N',
  options: { of: { type: 'string', default: '1' } },
  read: ({ of }) => {
    if (!/^\\d+$/.test(of)) throw new TypeError('--of must be a number.');
    return Number(of);
  },
  run: async (number) => {
    if (number === 13) throw new PlainError('bad_input', 'Not 13. Take another.');
    if (number === 14) throw new RangeError('a defect');
    return { json: { twice: 2 * number }, text: 'It is ' + 2 * number + '.' };
  },
});`;

function run(...args: string[]) {
  const file = join(temporaryFolder(), 'double.ts');
  writeFileSync(file, program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('a result stands alone on standard output, in words or as JSON', () => {
  expect(run('--of', '4')).toEqual({ status: 0, stdout: 'It is 8.\n', stderr: '' });
  expect(run('--json')).toEqual({ status: 0, stdout: '{"twice":2}\n', stderr: '' });
  expect(run('-h')).toEqual({ status: 0, stdout: 'Usage: double --of N\n', stderr: '' });
});

test('wrong usage is 2 with the usage below the complaint', () => {
  for (const args of [['--of', 'x'], ['--off', '1'], ['word']]) {
    const { status, stdout, stderr } = run(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/\n\nUsage: double --of N\n$/);
  }
});

test('work that fails is 1: a sentence for a person, a stack for a defect', () => {
  expect(run('--of', '13')).toEqual({ status: 1, stdout: '', stderr: 'Not 13. Take another.\n' });
  expect(run('--of', '14')).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/^RangeError: a defect\n\s+at /) });
});

test('settings are JSON where they can be read as such, otherwise words', () => {
  expect(settingsOf(['klCoefficient=0.2', 'schedule=linear', 'adapter={"rank":4}', 'pattern=a=b'])).toEqual({
    klCoefficient: 0.2,
    schedule: 'linear',
    adapter: { rank: 4 },
    pattern: 'a=b',
  });
  expect(() => settingsOf(['alone'])).toThrow(/KEY=VALUE/);
});
