import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary, root } from '../setup.mjs';

/** Everything that the built window, preload and Electron main file are made of. */
const sources = [
  'src/renderer/**/*',
  'src/shared/**/*',
  'src/preload/**/*',
  'src/main/desktop/**/*',
  'electron.vite.config.ts',
  'package-lock.json',
];

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const file of globSync(sources, { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile())) {
    hash.update(file.name).update(readFileSync(join(file.parentPath, file.name)));
  }
  return hash.digest('hex');
}

/** Builds `out/` unless it is already built from exactly these sources. */
export function buildIfStale(): void {
  const stamp = join(root, 'out', '.sources');
  const hash = hashOfSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  console.error('Building the app …');
  const built = spawnSync(nodeBinary, [join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (built.status !== 0) {
    console.error(built.stdout, built.stderr);
    console.error('The app could not be built; the lines above say where. After mending it, run the same command again.');
    process.exit(1);
  }
  mkdirSync(join(root, 'out'), { recursive: true });
  writeFileSync(stamp, hash);
}
