import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Fingerprint } from './fingerprint.ts';

/**
 * Puts a checkpoint's files at `checkpoints/HASH` of the project, whole by one rename and read-only, and returns that folder.
 * A folder of the project itself (a run's result) is moved, any other is copied. Does nothing when the content is there already.
 */
export function place(source: string, print: Fingerprint, project: string): string {
  const target = join(project, 'checkpoints', print.hash);
  const ours = source.startsWith(join(project, 'runs'));
  if (!existsSync(target)) {
    const whole = ours ? source : copy(source, print.files, `${target}.partial`);
    for (const name of print.files) settle(join(whole, name));
    renameSync(whole, target);
    syncFolder(dirname(target));
  } else if (ours) rmSync(source, { recursive: true, force: true });
  return target;
}

function copy(source: string, files: readonly string[], target: string): string {
  rmSync(target, { recursive: true, force: true });
  for (const name of files) {
    mkdirSync(dirname(join(target, name)), { recursive: true });
    copyFileSync(join(source, name), join(target, name));
  }
  return target;
}

/** On disk, and not to be written again. */
function settle(path: string): void {
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
  chmodSync(path, 0o444);
}

/** A rename is durable once its folder is; Windows has no such call and needs none. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  fsyncSync(folder);
  closeSync(folder);
}
