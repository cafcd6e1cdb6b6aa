import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startRun } from '#shared/api/runs.ts';
import { openBackend, quick, trainableProject } from '../support/real-engine.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** A disk of a few megabytes: a tmpfs, which only root on Linux may mount. */
function smallDisk(megabytes: number): string | null {
  const folder = join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status !== 0) return null;
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

function fill(disk: string, leave: number): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - leave)));
}

const reward = startRun.parse({ method: 'reward', config: quick.reward });

test('a run on a full disk ends with a sentence, keeps the project whole, and goes on once there is space', async (context) => {
  const disk = smallDisk(24);
  if (disk === null) return context.skip('a small tmpfs cannot be mounted here (root on Linux can)');
  const folder = trainableProject({ place: disk });
  const backend = openBackend(folder);

  fill(disk, 0);
  expect(() => backend.runs.start(reward)).toThrow(/disk.*is full/);
  expect(readdirSync(join(folder, 'runs'))).toEqual([]);
  expect(backend.runs.list()).toEqual([]);

  // Room to begin, but not for a saved state (weights, and twice as much for the optimizer).
  rmSync(join(disk, 'filler'));
  fill(disk, 700_000);
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
}, 120_000);
