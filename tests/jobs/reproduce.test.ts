import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRun } from '#shared/api/runs.ts';
import { openBackend, quick, trainableProject } from '../support/real-engine.ts';

test('a run that is done comes out with the same hash from its record alone, and leaves no trace', async () => {
  const { store, runs } = openBackend(trainableProject());
  for (const method of ['reward', 'ppo'] as const) {
    const { id } = runs.start(startRun.parse({ method, config: quick[method] }));
    const done = await runs.finished(id);
    const made = store.checkpoints.get(done.result?.id ?? '')!;
    const steps: number[] = [];
    const again = await runs.reproduce(id, ({ step }) => steps.push(step));
    expect(again).toEqual({ equal: true, hash: made.hash, expected: made.hash, backend: done.backend, recordedBackend: done.backend });
    expect(steps.at(-1)).toBe(done.totalSteps);
    expect(store.checkpoints.list().filter(({ hash }) => hash === made.hash)).toHaveLength(1);
  }
  expect(readdirSync(join(store.folder, 'runs')).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('other data than the run was started with are refused, and so is a run that is not done', async () => {
  const { store, runs } = openBackend(trainableProject());
  const { id } = runs.start(startRun.parse({ method: 'reward', config: quick.reward }));
  await expect(runs.reproduce(id)).rejects.toThrow(/is not done/);
  await runs.finished(id);
  const manifest = join(store.folder, 'runs', id, 'manifest.json');
  const { train, ...rest } = JSON.parse(readFileSync(manifest, 'utf8')) as { train: string[] };
  writeFileSync(manifest, JSON.stringify({ ...rest, train: train.slice(1) }));
  await expect(runs.reproduce(id)).rejects.toThrow(/are not those that it was started with/);
  expect(existsSync(join(store.folder, 'runs', `.${id}.again`))).toBe(false);
});

test('weights that differ are said to differ', async () => {
  const { store, runs } = openBackend(trainableProject());
  const { id } = runs.start(startRun.parse({ method: 'reward', config: quick.reward }));
  await runs.finished(id);
  const data = join(store.folder, 'runs', id, 'data', 'train.jsonl');
  const rows = readFileSync(data, 'utf8').trim().split('\n');
  writeFileSync(data, `${rows.toReversed().join('\n')}\n`); // the same ids, learned in another order
  expect(await runs.reproduce(id)).toMatchObject({ equal: false });
});
