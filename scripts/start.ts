/** `npm start`: the desktop app where a display and an Electron can be had, else the same app in the browser. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildIfStale } from './lib/build.ts';
import { findElectron, hasDisplay } from './lib/find-electron.ts';
import { nodeBinary, root } from './setup.mjs';

buildIfStale();
const electron = hasDisplay() ? findElectron(true) : ({ path: null, reason: 'there is no display' } as const);
const environment = { ...process.env, PLUMBLINE_NODE: nodeBinary };
const extra = process.argv.slice(2);

if (electron.path === null) console.error(`No Electron window (${electron.reason}); the same app is served to your browser instead:`);
const child =
  electron.path !== null
    ? // As root Chromium refuses its sandbox; anyone else keeps it.
      spawn(electron.path, [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, ...extra], { stdio: 'inherit', env: environment })
    : spawn(nodeBinary, [join(root, 'src/main/cli/index.ts'), 'serve', ...extra], { stdio: 'inherit', env: environment });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 0));
