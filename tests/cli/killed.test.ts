import { expect, test } from 'vitest';
import { quick, trainableProject } from '../support/real-engine.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { startCli } from './run-cli.ts';

/** PPO long enough to be in the middle of it. */
const given = { ...quick, ppo: { ...quick.ppo, steps: 40 } };
const settings = (method: keyof typeof quick) => Object.entries(given[method]).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

test('the whole program killed by SIGKILL in the middle of PPO: resumed at once, it makes the very checkpoint of an uninterrupted run', async () => {
  const environment = { data: temporaryFolder() };
  const project = trainableProject();
  const start = (...args: string[]) => startCli([...args, '--project', project, '--json'], environment);
  const json = async (...args: string[]) => {
    const { stdout, stderr } = await start(...args).ended;
    expect(stdout, stderr).not.toBe('');
    return JSON.parse(stdout);
  };
  await json('train', 'reward', ...settings('reward'));
  const killed = start('train', 'ppo', ...settings('ppo'));
  await killed.says('step 1 of');
  await new Promise((resolve) => setTimeout(resolve, 500));
  killed.child.kill('SIGKILL');
  const { state, step } = await json('run', 'show', 'ppo-1');
  expect(state).toBe('interrupted');
  expect(step).toBeGreaterThan(0);
  // Its engine may still be there for a moment, saving where it stood.
  const resumed = await json('run', 'resume', 'ppo-1');
  expect(resumed).toMatchObject({ name: 'ppo-1', checkpoint: expect.any(String) });
  // The same settings and seed give the same files, and so the same checkpoint.
  const whole = await json('train', 'ppo', ...settings('ppo'));
  expect(whole.checkpoint).toBe(resumed.checkpoint);
});
