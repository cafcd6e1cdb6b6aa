import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '#cli/commands/index.ts';

const root = join(import.meta.dirname, '../..');
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: root })];
const lines = pages.flatMap((page) => readFileSync(join(root, page), 'utf8').split('\n'));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

test('every npm script that a page names is there, and every one that is there is named by CONTRIBUTING', () => {
  const named = lines.flatMap((line) => [...line.matchAll(/npm run ([a-z0-9:-]*[a-z0-9])/g)].map(([, name]) => name));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !(name! in scripts))).toEqual([]);
  const guide = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const missing = Object.keys(scripts).filter((name) => !guide.includes(`npm run ${name}`) && !guide.includes(`npm ${name}`));
  expect(missing).toEqual([]);
});

test('every command line that a page shows is one of ours, with options that it has', () => {
  const shown = lines.flatMap((line) => [...line.matchAll(/npm run cli -- ([^`#\n]+)/g)].map(([, words]) => words!.trim()));
  expect(shown.length).toBeGreaterThan(15);
  for (const words of shown) {
    if (words.startsWith('--help') || words.startsWith('COMMAND')) continue;
    const command = commands.find((one) => words === one.words.join(' ') || words.startsWith(`${one.words.join(' ')} `));
    expect(command, words).toBeDefined();
    const options = [...words.matchAll(/(?:^|[\s[])--([a-z][a-z-]*)/g)].map(([, name]) => name!);
    expect(
      options.filter((name) => !(name in command!.options) && name !== 'json'),
      words,
    ).toEqual([]);
  }
});

test('every command is in the table of its page', () => {
  const page = readFileSync(join(root, 'docs/command-line.md'), 'utf8');
  expect(commands.map(({ words }) => words.join(' ')).filter((words) => !page.includes(`\`${words}\``))).toEqual([]);
});
