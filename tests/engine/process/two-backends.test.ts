import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installedTensorflow } from '#engine/backends/tensorflow/folder.ts';
import type { EngineEvent, Job } from '#shared/jobs.ts';
import type { MetricName } from '#shared/metrics.ts';
import { type EngineRun, runFolder, small, startEngine, tinyModel, weightsOf } from '../../support/engine-run.ts';
import { temporaryFolder } from '../../support/temporary.ts';

/** TensorFlow where it has been set up, as a person's run would; else the plain backend, over the same seam. */
const trainer = installedTensorflow() === null ? 'cpu' : 'tensorflow';
if (trainer === 'cpu') console.warn('cpu stands in for TensorFlow: npm run setup:libtensorflow brings it (230 MB).');

const onTwo = (job: Job): EngineRun => startEngine(job, { PLUMBLINE_BACKEND: `${trainer}+wasm` });
const valuesOf = (events: readonly EngineEvent[], name: MetricName) =>
  events.flatMap((heard) => (heard.event === 'metrics' ? [heard.values[name]] : [])).filter((value) => value !== undefined);

test('PPO trains on one backend and writes on the other; killed in the middle, it ends at the same weights', async () => {
  const parent = temporaryFolder();
  const reward = runFolder(parent, 'reward', 'reward');
  const judging = onTwo({ kind: 'reward', runFolder: reward, startCheckpoint: tinyModel, resume: false, config: small.reward });
  await judging.until(({ event }) => event === 'done');
  const jobIn = (folder: string, resume: boolean): Job => ({
    ...{ kind: 'ppo', runFolder: folder, startCheckpoint: tinyModel, resume, samplePromptIds: ['p0'] },
    ...{ rewardModel: join(reward, 'checkpoint'), config: small.ppo },
  });

  const whole = runFolder(parent, 'whole', 'ppo');
  const run = onTwo(jobIn(whole, false));
  expect(await run.until(({ event }) => event === 'started')).toMatchObject({
    backend: expect.stringMatching(new RegExp(`^${trainer} \\+ wasm · trains on .+; writes on \\d cores?, SIMD`)),
  });
  await run.until(({ event }) => event === 'done');
  // What was written on the one is measured on the other, by which it is trained: so ratios stay near one.
  const ratios = valuesOf(run.events, 'policy/ratio');
  expect(ratios.length).toBe(small.ppo.steps);
  for (const ratio of ratios) expect(Math.abs(ratio - 1)).toBeLessThan(0.1);
  const answers = run.events.filter(({ event }) => event === 'sample');
  expect(new Set(answers.map((answer) => 'text' in answer && answer.text)).size).toBeGreaterThan(1); // the writer follows the policy

  const killed = runFolder(parent, 'killed', 'ppo');
  const first = onTwo(jobIn(killed, false));
  await first.until((heard) => heard.event === 'state' && heard.step >= 2);
  first.child.kill('SIGKILL');
  await first.ended;
  const rest = onTwo(jobIn(killed, true));
  await rest.until(({ event }) => event === 'done');
  expect(weightsOf(killed)).toBe(weightsOf(whole));
  expect(readFileSync(join(killed, 'state/latest'), 'utf8')).toBe(readFileSync(join(whole, 'state/latest'), 'utf8'));
});
