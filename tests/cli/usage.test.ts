import { expect, test } from 'vitest';
import { commands } from '#cli/commands/index.ts';
import { main } from '#cli/main.ts';

/** Runs one command line in this process; the streams keep what is written. */
async function run(...argv: string[]) {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) =>
    ({
      write: (text: string) => {
        written[name] += text;
        return true;
      },
    }) as NodeJS.WriteStream;
  const code = await main(argv, { stdout: stream('stdout'), stderr: stream('stderr') }, new AbortController().signal);
  return { code, ...written };
}

test('--help is everywhere, with an example that its own command understands, and every option is explained', async () => {
  for (const command of commands) {
    const { code, stdout, stderr } = await run(...command.words, '--help');
    expect({ code, stderr }, command.words.join(' ')).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Example: plumbline ${command.example}`);
    expect(command.example.startsWith(command.words.join(' '))).toBe(true);
    for (const option of Object.keys(command.options)) {
      expect(command.optionHelp[option], `${command.words.join(' ')} --${option}`).toBeTruthy();
      expect(command.example.includes(`--${option} `) || stdout.includes(`--${option}`)).toBe(true);
    }
  }
  expect((await run('--help')).stdout).toContain('Exit codes');
  expect((await run('run', '--help')).stdout).toMatch(/run resume/);
});

test('wrong usage is exit 2 with one line on standard error that points to --help', async () => {
  const wrong = [
    ['nonsense'],
    ['run'],
    ['project', 'create'],
    ['project', 'create', 'a', 'b'],
    ['project', 'show', 'a', '--what'],
    ['project', 'set', 'a'],
    ['project', 'set', 'a', '--simulated', 'maybe'],
    ['train', 'reward'],
    ['train', 'reward', '--project', 'p', '--set', 'epochs'],
    ['train', 'reward', '--project', 'p', '--set', 'epochs=0'],
    ['train', 'reward', '--project', 'p', '--judgments-by', 'nobody'],
    ['train', 'reward', '--project', 'p', '--limit', 'many'],
    ['data', 'export', 'out', '--project', 'p'],
    ['data', 'export', 'out', '--project', 'p', '--format', 'trl', '--ties', 'maybe'],
    ['data', 'import', 'file', '--project', 'p', '--map', 'nothing=x'],
    ['compare', '--project', 'p', '--models', 'one'],
    ['compare', '--project', 'p', '--models', 'a,b', '--prompts', 'some'],
    ['model', 'sample', '--prompt', 'p.json'],
    ['serve', '--port', '99999999'],
  ];
  for (const argv of wrong) {
    const { code, stdout, stderr } = await run(...argv);
    expect({ argv, code, stdout }).toEqual({ argv, code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/\. See plumbline [^"]*--help\.\n$/);
  }
});

test('a failure is exit 1 with one sentence on standard error and nothing on standard output', async () => {
  for (const argv of [
    ['project', 'show', '/nowhere/at/all', '--json'],
    ['train', 'reward', '--project', '/nowhere/at/all.plumbline', '--json'],
    ['model', 'sample', '--model', '/nowhere', '--prompt', '/nowhere.json', '--json'],
  ]) {
    const { code, stdout, stderr } = await run(...argv);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^[^\n]+\.\n$/);
  }
});

test('doctor prints one JSON object', async () => {
  const { code, stdout } = await run('doctor', '--json');
  expect(code).toBe(0);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({
    node: process.version,
    backends: expect.arrayContaining([expect.objectContaining({ name: 'wasm', available: true })]),
  });
});
