/**
 * `npm run test:golden [-- --backend wasm|cpu]`: every test against golden fixtures, on each backend of this machine or on one. The fixtures are those of
 * tests/golden, or of the folder that PLUMBLINE_GOLDEN names.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const known = ['cpu', 'wasm'];
const { values } = parseArgs({ options: { backend: { type: 'string' } } });
if (values.backend !== undefined && !known.includes(values.backend)) {
  console.error(`There is no backend "${values.backend}". Choose ${known.join(' or ')}.`);
  process.exit(2);
}

let failed = false;
for (const backend of values.backend ? [values.backend] : known) {
  console.log(`\nGolden fixtures on ${backend}`);
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'golden.test'], {
    stdio: 'inherit',
    env: { ...process.env, PLUMBLINE_BACKEND: backend },
  });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
