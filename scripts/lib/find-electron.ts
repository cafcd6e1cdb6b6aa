import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary, root } from '../setup.mjs';

export type ElectronSearch = { path: string } | { path: null; reason: string };

/** Whether windows can be shown here. */
export function hasDisplay(): boolean {
  return process.platform === 'win32' || process.platform === 'darwin' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * The Electron that the `electron` package finds: ELECTRON_OVERRIDE_DIST_PATH, the one it fetched before, or, when `mayFetch`, the one it fetches now
 * (electron ≥ 42 downloads its binary on first use, not at install).
 */
export function findElectron(mayFetch: boolean): ElectronSearch {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const fetched = existsSync(join(root, 'node_modules', 'electron', 'path.txt'));
  if (!override && !fetched && !mayFetch) return { path: null, reason: 'its binary has not been fetched' };
  if (!override && !fetched) console.error('Fetching Electron (once) …');
  const found = spawnSync(nodeBinary, ['-e', "process.stdout.write('\\n' + require('electron'))"], {
    cwd: root,
    encoding: 'utf8',
    timeout: 600_000,
  });
  const path = found.stdout?.trim().split('\n').at(-1) ?? '';
  if (found.status === 0 && existsSync(path)) return { path };
  return {
    path: null,
    reason: override ? `ELECTRON_OVERRIDE_DIST_PATH holds no Electron (${override})` : 'its binary could not be fetched',
  };
}
