import { expect, test } from 'vitest';
import { startRun } from '#shared/api/runs.ts';
import { openBackend, quick, trainableProject } from '../support/real-engine.ts';

test('a sign that somebody has seen stays listed with their name, and whoever comes later does not take their place', async () => {
  const { store, runs, owner } = openBackend(trainableProject());
  const { id } = runs.start(startRun.parse({ method: 'reward', config: quick.reward }));
  await runs.finished(id);
  for (const [at, sign] of [
    [2, 'length_bias'],
    [3, 'negative_kl'],
    [5, 'length_bias'],
  ] as const) {
    store.signs.insert({ id: `sign_${at}`, runId: id, step: at, sign, sentence: `${sign} at ${at}` });
  }
  expect(runs.get(id).signs.map(({ seen }) => seen)).toEqual([null, null, null]);
  const heard: string[] = [];
  runs.listen((event) => heard.push(event.kind));

  runs.acknowledge(owner, { run: id, sign: 'length_bias' });
  expect(heard).toEqual(['changed']);
  const seen = runs.get(id).signs.find(({ sign }) => sign === 'length_bias')?.seen;
  expect(seen).toEqual({ by: store.people.get(owner)?.name, at: expect.any(Number) });
  runs.acknowledge(owner, { run: id, sign: 'length_bias' });
  expect(runs.get(id).signs.map((sign) => [sign.step, sign.seen ?? null])).toEqual([
    [2, seen],
    [3, null],
    [5, seen],
  ]);
  expect(() => runs.acknowledge(owner, { run: 'run_gone', sign: 'length_bias' })).toThrow(/no such run/);
});
