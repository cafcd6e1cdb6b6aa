/** `node scripts/with-node.mjs FILE ARGS…`: sets up if needed, then runs FILE on the Node 24 of the `node` package, passing signals and the exit code through. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { nodeBinary, root, setUp } from './setup.mjs';

const [script = '', ...rest] = process.argv.slice(2);
setUp();
const child = spawn(nodeBinary, [join(root, script), ...rest], {
  stdio: 'inherit',
  cwd: process.env.INIT_CWD ?? root,
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
