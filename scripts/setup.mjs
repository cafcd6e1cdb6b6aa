/**
 * Installs what is missing, so that `npm start` and `npm test` work as the very first command after a clone, on Node 20 and npm alone.
 * No dependency's install script runs unasked (.npmrc); the one that we need, the `node` package's, is run here: it brings the Node 24 that everything else runs on.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const nodeBinary = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const stamp = join(root, 'node_modules', '.plumbline-setup');

function npm(...args) {
  const result = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (result.status !== 0) {
    console.error(
      `Installing failed: npm ${args.join(' ')} ended with ${result.status ?? result.signal}. Check the network and the lines above, then run the same command again.`,
    );
    process.exit(1);
  }
}

export function setUp() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (existsSync(nodeBinary) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing what Plumbline needs from npm (once, about a minute) …');
  npm('ci', '--no-audit', '--no-fund', '--loglevel=error');
  npm('rebuild', 'node', '--ignore-scripts=false', '--loglevel=error');
  writeFileSync(stamp, lock);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setUp();
