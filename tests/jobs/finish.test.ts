import { expect, test } from 'vitest';
import { type StartRun, startRun } from '#shared/api/runs.ts';
import { openBackend, quick, trainableProject } from '../support/real-engine.ts';

/** Starts a run and stops it once it has taken `steps` steps. */
async function stopped({ runs }: ReturnType<typeof openBackend>, input: StartRun, steps: number) {
  const { id } = runs.start(startRun.parse(input));
  await new Promise<void>((reached) => {
    const end = runs.listen((event) => {
      if (event.run !== id || event.kind !== 'progress' || event.step < steps) return;
      end();
      reached();
    });
  });
  runs.stop(id);
  return runs.finished(id);
}

test('a run that was stopped ends where it stands: what it has is its checkpoint, and its record alone makes it again', async () => {
  const backend = openBackend(trainableProject());
  const { runs } = backend;
  const reward = runs.start(startRun.parse({ method: 'reward', config: quick.reward }));
  expect((await runs.finished(reward.id)).state).toBe('done');
  for (const method of ['ppo', 'grpo', 'dpo', 'sft'] as const) {
    const long = method === 'ppo' || method === 'grpo' ? { steps: 5_000 } : { epochs: 5_000 };
    const run = await stopped(backend, { method, config: { ...quick[method], ...long } }, 3);
    expect(run).toMatchObject({ state: 'stopped', result: null });
    runs.finish(run.id);
    const done = await runs.finished(run.id);
    expect(done).toMatchObject({ state: 'done', result: { name: run.name } });
    // A stop may come between two updates of a step, which is then taken to its end.
    expect([run.step, run.step + 1]).toContain(done.step);
    expect(done.totalSteps).toBeGreaterThan(done.step);
    expect(await runs.reproduce(run.id)).toMatchObject({ equal: true });
    expect(() => runs.finish(run.id)).toThrow(/is done and has its checkpoint/);
  }
});

test('a run that diverged keeps its last good step', async () => {
  const { runs } = openBackend(trainableProject());
  const { id } = runs.start(
    startRun.parse({ method: 'sft', config: { ...quick.sft, epochs: 50, learningRate: 1e30, checkpointEvery: 1 } }),
  );
  const failed = await runs.finished(id);
  expect(failed).toMatchObject({ state: 'failed', error: expect.stringMatching(/no longer a finite number/) });
  if (failed.step === 0) expect(() => runs.finish(id)).toThrow(/nothing to keep/);
  else {
    runs.finish(id);
    expect(await runs.finished(id)).toMatchObject({ state: 'done', result: { name: failed.name } });
  }
});
