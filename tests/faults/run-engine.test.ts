import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RunEvent, startRun } from '#shared/api/runs.ts';
import { openBackend, quick, trainableProject } from '../support/real-engine.ts';

type Backend = ReturnType<typeof openBackend>;

const start = (backend: Backend, method: keyof typeof quick, config: object = {}) =>
  backend.runs.start(startRun.parse({ method, config: { ...quick[method], ...config } })).id;

/** So many steps that a run goes on for long after this process, which may have to wait for a core, has heard of the first ones. */
const long = { reward: { epochs: 8 }, ppo: { steps: 16 } };

/** Resolves once the run has told of its metrics at `step` or later; rejects if it ends before. */
function reached(backend: Backend, run: string, step: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const unlisten = backend.runs.listen((event: RunEvent) => {
      if (event.kind !== 'metrics' || event.run !== run || event.row.step < step) return;
      unlisten();
      resolve();
    });
    void backend.runs.finished(run).then(({ state, error }) => reject(new Error(`it ended before step ${step}: ${state} ${error}`)));
  });
}

function weightsOf({ store }: Backend, checkpoint: string | undefined): string {
  const row = store.checkpoints.get(checkpoint ?? '');
  return createHash('sha256')
    .update(readFileSync(join(store.folder, 'checkpoints', row?.hash ?? '', 'model.safetensors')))
    .digest('hex');
}

test('a reward model trains to its end: report, metrics, checkpoint with its parent, and PPO and a comparison go on from it', async () => {
  const backend = openBackend(trainableProject());
  const reward = await backend.runs.finished(start(backend, 'reward'));
  expect(reward).toMatchObject({ state: 'done', error: null, name: 'reward-1', simulated: false, data: { train: 18, heldOut: 6 } });
  expect(reward.report).toMatchObject({ pairs: 18, heldOutPairs: 6, accuracy: null });
  expect(backend.runs.metrics({ run: reward.id, afterStep: -1 }).at(-1)?.values).toHaveProperty('rm/loss');
  const [sft, rewardModel] = backend.compare.checkpoints();
  expect(rewardModel).toMatchObject({ kind: 'reward', name: 'reward-1', parent: sft?.id, run: { name: 'reward-1' } });

  const heard: RunEvent['kind'][] = [];
  backend.runs.listen(({ kind }) => heard.push(kind));
  const ppo = await backend.runs.finished(start(backend, 'ppo'));
  expect(ppo).toMatchObject({ state: 'done', step: 6, totalSteps: 6, rewardModel: { name: 'reward-1' }, simulated: false });
  expect(ppo.data.judgmentsBy).toEqual(['person']);
  expect(new Set(heard)).toEqual(expect.objectContaining(new Set(['changed', 'progress', 'metrics', 'sample'])));
  const samples = backend.runs.samples(ppo.id);
  expect(new Set(samples.map(({ step }) => step))).toEqual(new Set([0, 2, 4, 6]));
  expect(new Set(samples.map(({ promptId }) => promptId)).size).toBe(8);

  const { report } = backend.compare.start({
    checkpoints: [sft?.id ?? '', ppo.result?.id ?? ''],
    prompts: 5,
    split: 'held_out',
    seed: 1,
    temperature: 1,
    maxNewTokens: 8,
    rewardModel: null,
  });
  await backend.compare.finished(report);
  const view = backend.compare.get(backend.owner, report);
  expect(view).toMatchObject({ state: 'done', error: null, prompts: 5, progress: { done: 10, total: 10 } });
  expect(view.checkpoints.map(({ reward: measured }) => measured?.n)).toEqual([5, 5]);
  expect(view.votesWaiting).toBe(5 - (view.checkpoints[1]?.equalAnswers ?? 0));
});

test('stopped and resumed, a run ends where an uninterrupted one does, and its metrics have no gap and no double', async () => {
  const backend = openBackend(trainableProject());
  const whole = await backend.runs.finished(start(backend, 'reward', long.reward));
  const id = start(backend, 'reward', long.reward);
  await reached(backend, id, 4);
  backend.runs.stop(id);
  expect(backend.runs.get(id).state).toBe('stopping');
  const stopped = await backend.runs.finished(id);
  expect(stopped).toMatchObject({ state: 'stopped', error: null, result: null });
  expect(stopped.step).toBeGreaterThanOrEqual(4);
  expect(stopped.step).toBeLessThan(whole.totalSteps);
  backend.runs.resume(id);
  const done = await backend.runs.finished(id);
  expect(done).toMatchObject({ state: 'done', step: whole.totalSteps });
  expect(weightsOf(backend, done.result?.id)).toBe(weightsOf(backend, whole.result?.id));
  const curve = (run: string) => backend.runs.metrics({ run, afterStep: -1 }).map(({ step, values }) => [step, values['rm/loss']]);
  expect(curve(id)).toEqual(curve(whole.id));
  expect(() => backend.runs.resume(id)).toThrow(/is done/);
});

test('an engine killed by SIGKILL interrupts its run with a sentence; resumed, it ends as if nothing had happened', async () => {
  const backend = openBackend(trainableProject());
  await backend.runs.finished(start(backend, 'reward'));
  const whole = await backend.runs.finished(start(backend, 'ppo', long.ppo));
  const id = start(backend, 'ppo', long.ppo);
  await reached(backend, id, 3);
  const pid = backend.jobs.pid(id);
  if (pid === null) throw new Error('the engine is gone already'); // 0 would be this test and all beside it
  process.kill(pid, 'SIGKILL');
  const interrupted = await backend.runs.finished(id);
  expect(interrupted).toMatchObject({ state: 'interrupted', error: expect.stringMatching(/was killed.*resume/) });
  backend.runs.resume(id);
  const done = await backend.runs.finished(id);
  expect(done.state).toBe('done');
  expect(weightsOf(backend, done.result?.id)).toBe(weightsOf(backend, whole.result?.id));
});

test('stopped while its engine still loads, a run is stopped at step 0, and resumed it does all of them', async () => {
  const backend = openBackend(trainableProject());
  const id = start(backend, 'sft');
  while (backend.jobs.pid(id) === null) await new Promise(setImmediate);
  backend.runs.stop(id);
  expect(await backend.runs.finished(id)).toMatchObject({ state: 'stopped', step: 0, error: null });
  backend.runs.resume(id);
  expect(await backend.runs.finished(id)).toMatchObject({ state: 'done', result: { name: 'sft-1' } });
});

test('two runs wait for each other; a queued one can be stopped before it begins', async () => {
  const backend = openBackend(trainableProject());
  const first = start(backend, 'reward');
  const second = start(backend, 'sft');
  const third = start(backend, 'reward', { seed: 2 });
  expect([first, second, third].map((id) => backend.runs.get(id).state)).toEqual(['running', 'queued', 'queued']);
  backend.runs.stop(third);
  const ends = await Promise.all([first, second, third].map((id) => backend.runs.finished(id)));
  expect(ends.map(({ state }) => state)).toEqual(['done', 'done', 'stopped']);
  expect(ends[1]?.startedAt).toBeGreaterThanOrEqual(ends[0]?.endedAt ?? Number.POSITIVE_INFINITY);
  expect(ends.map(({ name }) => name)).toEqual(['reward-1', 'sft-1', 'reward-2']);
});

test('a project closed during a run leaves it interrupted and resumable; a backend that died does too', async () => {
  const folder = trainableProject();
  const before = openBackend(folder);
  const id = start(before, 'reward', long.reward);
  const waiting = start(before, 'sft');
  await reached(before, id, 2);
  await before.close();

  const after = openBackend(folder);
  expect(after.runs.get(id)).toMatchObject({
    state: 'interrupted',
    error: expect.stringMatching(/closed before reward-1 was done. Resume/),
  });
  expect(after.runs.get(waiting)).toMatchObject({ state: 'interrupted', step: 0 });
  // As a backend leaves it that is killed: the row says running, and no engine is there.
  after.store.runs.update(waiting, { state: 'running' });
  expect(after.runs.get(waiting).state).toBe('interrupted');
  await after.close();
  const again = openBackend(folder);
  expect(again.runs.get(waiting).error).toMatch(/Plumbline ended while sft-1 was running/);
  again.runs.resume(id);
  again.runs.resume(waiting);
  expect((await again.runs.finished(id)).state).toBe('done');
  expect((await again.runs.finished(waiting)).state).toBe('done');
});
