import { spawnSync } from 'node:child_process';
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { temporaryFolder } from './temporary.ts';

const noSmallDisk = 'a small tmpfs cannot be mounted here (root on Linux can)';

/** A disk of so many bytes until the test ends: a tmpfs, which only root on Linux may mount. Elsewhere the test is skipped, and the summary says why. */
export function smallDisk(context: TestContext, bytes: number): string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return context.skip(noSmallDisk);
  const folder = join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]).status !== 0) return context.skip(noSmallDisk);
  onTestFinished(() => void spawnSync('umount', ['-l', folder]));
  return folder;
}

/** Fills what is free, to the last block or to `leave` bytes, with a file `filler`. */
export function fillDisk(disk: string, leave = 0): void {
  const { bavail, bsize } = statfsSync(disk);
  const bytes = bavail * bsize - leave;
  if (bytes > 0) writeFileSync(join(disk, 'filler'), Buffer.alloc(bytes));
}
