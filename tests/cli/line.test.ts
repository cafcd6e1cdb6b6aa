import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quick, trainableProject, writeTrainableDemo } from '../support/real-engine.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { type CliResult, startCli } from './run-cli.ts';

function commandLine() {
  const folder = temporaryFolder();
  const environment = { data: join(folder, 'data'), demo: writeTrainableDemo(join(folder, 'demo')) };
  const start = (...args: string[]) => startCli(args, environment);
  /** Runs to the end and returns the one object of standard output. */
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await start(...args, '--json').ended;
    expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toHaveLength(1);
    return JSON.parse(stdout);
  };
  return { folder, start, json };
}

const settings = (method: keyof typeof quick) => Object.entries(quick[method]).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

test('a project is created, shown, filled from a file and exported', async () => {
  const { folder, start, json } = commandLine();
  const path = join(folder, 'desk.plumbline');
  const counts = { prompts: 52, comparisons: 52, judgments: 0, checkpoints: 1, runs: 0 };
  expect(await json('project', 'create', path, '--demo')).toMatchObject({ path, name: 'desk', counts });
  expect(await json('project', 'show', path)).toMatchObject({ path, counts });
  const again = await start('project', 'create', path).ended;
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/is there already/) });

  const training = await start('train', 'reward', '--project', path, '--judgments-by', 'simulated').ended;
  expect(training).toMatchObject({ code: 1, stderr: expect.stringContaining(`project set ${JSON.stringify(path)} --simulated on`) });
  expect(await json('project', 'set', path, '--simulated', 'on')).toMatchObject({
    counts: { judgments: 0, simulatedJudgments: 12 },
    simulatedSet: { available: 12, on: true },
  });

  const file = join(folder, 'pairs.jsonl');
  const rows = [
    { prompt: 'Is there a pool?', chosen: 'Yes, on the roof.', rejected: 'No idea.' },
    { prompt: 'Is there a gym?', chosen: 'Yes, in the cellar.', rejected: 'No idea.' },
  ];
  writeFileSync(file, `${rows.map((row) => JSON.stringify(row)).join('\n')}\n{"prompt": "no answers"}\n`);
  expect(await json('data', 'import', file, '--project', path)).toMatchObject({
    format: 'trl',
    rows: 3,
    accepted: 2,
    rejected: [{ line: 3, reason: expect.any(String) }],
    duplicates: 0,
  });
  expect(await json('data', 'import', file, '--project', path)).toMatchObject({ rows: 3, accepted: 0, duplicates: 2 });
  const out = join(folder, 'out.jsonl');
  expect(await json('data', 'export', out, '--project', path, '--format', 'trl')).toMatchObject({
    format: 'trl',
    rows: 2,
    dropped: { ties: 0 },
  });
  expect(
    readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject(rows);
  expect(readFileSync(file, 'utf8')).toContain('no answers');
});

test('train, list, show, compare and sample, each by one JSON object', async () => {
  const { folder, start, json } = commandLine();
  const project = trainableProject();
  const reward = await json('train', 'reward', '--project', project, ...settings('reward'));
  expect(reward).toMatchObject({
    run: expect.any(String),
    checkpoint: expect.any(String),
    seconds: expect.any(Number),
    metrics: { 'rm/loss': expect.any(Number) },
  });
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify(quick.ppo));
  const ppo = await json('train', 'ppo', '--project', project, '--config', config, '--set', 'steps=2');
  expect(await json('run', 'list', '--project', project)).toMatchObject({
    runs: [{ name: 'ppo-1', state: 'done', step: 2 }, { name: 'reward-1' }],
  });
  expect(await json('run', 'show', 'ppo-1', '--project', project)).toMatchObject({
    id: ppo.run,
    config: { steps: 2, episodes: 4 },
    rewardModel: { name: 'reward-1' },
  });
  expect(await start('run', 'resume', 'ppo-1', '--project', project).ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is done/),
  });

  const compared = await json(
    'compare',
    '--project',
    project,
    '--models',
    `sft,${ppo.checkpoint}`,
    '--prompts',
    'held-out:4',
    '--max-new-tokens',
    '8',
  );
  expect(compared.rows).toHaveLength(4);
  expect(compared.rows[0]).toMatchObject({
    prompt: [{ role: 'user' }],
    answers: [{ reward: expect.any(Number) }, { kl: expect.any(Number) }],
  });
  expect(compared.metrics).toMatchObject([{ checkpoint: { name: 'sft' } }, { checkpoint: { name: 'ppo-1' }, reward: { n: 4 } }]);

  const prompt = join(folder, 'prompt.json');
  const sample = (...more: string[]) =>
    json('model', 'sample', '--model', 'ppo-1', '--project', project, '--prompt', prompt, '--max-new-tokens', '6', ...more);
  writeFileSync(prompt, JSON.stringify({ messages: [{ role: 'user', content: 'Is there a pool?' }] }));
  const { responses } = await sample('-n', '3', '--seed', '5');
  expect(responses).toHaveLength(3);
  expect(responses[0]).toEqual({ text: expect.any(String), ids: expect.any(Array), terminated: expect.any(Boolean) });
  expect((await sample('-n', '3', '--seed', '5')).responses).toEqual(responses);
  expect((await sample('-n', '3', '--seed', '6')).responses).not.toEqual(responses);
  writeFileSync(prompt, JSON.stringify({ ids: [2, 40, 41] }));
  expect((await sample('--temperature', '0')).responses[0].ids.length).toBeGreaterThan(0);
});

test('Ctrl-C is exit 130 and leaves a run that resumes to its end', async () => {
  const { start, json } = commandLine();
  const project = trainableProject();
  const training = start('train', 'reward', '--project', project, ...settings('reward'), '--set', 'epochs=12', '--json');
  await training.says('step ');
  const second = await start('project', 'show', project).ended;
  expect(second).toMatchObject({ code: 1, stderr: expect.stringMatching(/Another copy of Plumbline has/) });
  training.child.kill('SIGINT');
  const stopped: CliResult = await training.ended;
  expect(stopped).toMatchObject({ code: 130, stdout: '', stderr: expect.stringMatching(/run resume reward-1/) });
  const shown = await json('run', 'show', 'reward-1', '--project', project);
  expect(shown).toMatchObject({ state: 'stopped', step: expect.any(Number) });
  expect(await json('run', 'resume', 'reward-1', '--project', project)).toMatchObject({ checkpoint: expect.any(String) });
});

test('Ctrl-C while the engine still loads is exit 130 and no failure', async () => {
  const { start, json } = commandLine();
  const project = trainableProject();
  const training = start('train', 'reward', '--project', project, ...settings('reward'), '--set', 'epochs=50');
  while (readdirSync(join(project, 'runs')).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  training.child.kill('SIGINT');
  expect(await training.ended).toMatchObject({ code: 130, stdout: '', stderr: expect.stringMatching(/^Stopped reward-1 at step /m) });
  expect(await json('run', 'show', 'reward-1', '--project', project)).toMatchObject({ state: 'stopped', error: null });
});

test('serve prints its URL, answers there and goes on Ctrl-C', async () => {
  const { folder, start } = commandLine();
  mkdirSync(join(folder, 'data'), { recursive: true });
  const server = start('serve', '--project', trainableProject(), '--json');
  const said = await server.says('"url"');
  const { url } = JSON.parse(said) as { url: string };
  const entered = await fetch(url, { redirect: 'manual' });
  expect(entered.headers.get('set-cookie')).toMatch(/HttpOnly/);
  server.child.kill('SIGINT');
  expect((await server.ended).code).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
  const open = await start('serve', '--host', '0.0.0.0').ended;
  expect(open).toMatchObject({ code: 1, stderr: expect.stringMatching(/--allow-lan/) });
});
