import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRun } from '#shared/api/runs.ts';
import { openBackend, quick, trainableProject } from '../support/real-engine.ts';
import { fillDisk, smallDisk } from '../support/small-disk.ts';

const reward = startRun.parse({ method: 'reward', config: quick.reward });

test('a run on a full disk ends with a sentence, keeps the project whole, and goes on once there is space', async (context) => {
  const disk = smallDisk(context, 24 * 2 ** 20);
  const folder = trainableProject({ place: disk });
  const backend = openBackend(folder);

  fillDisk(disk, 0);
  expect(() => backend.runs.start(reward)).toThrow(/disk.*is full/);
  expect(readdirSync(join(folder, 'runs'))).toEqual([]);
  expect(backend.runs.list()).toEqual([]);

  // Room to begin, but not for a saved state (weights, and twice as much for the optimizer).
  rmSync(join(disk, 'filler'));
  fillDisk(disk, 700_000);
  const { id } = backend.runs.start(reward);
  const ended = await backend.runs.finished(id);
  expect(['failed', 'interrupted']).toContain(ended.state);
  expect(ended.error).toMatch(/full|space/);

  rmSync(join(disk, 'filler'));
  backend.runs.resume(id);
  expect(await backend.runs.finished(id)).toMatchObject({ state: 'done', error: null });
  await backend.close();
  const again = openBackend(folder);
  const [, kept] = again.compare.checkpoints();
  expect(existsSync(join(folder, 'checkpoints', kept?.hash ?? 'none', 'model.safetensors'))).toBe(true);
});
