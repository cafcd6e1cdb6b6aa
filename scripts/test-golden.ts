/**
 * `npm run test:golden [-- --backend NAME]`: every test against golden fixtures, on each backend that this machine has, or on one, or (tensorflow+wasm) on one
 * whose answers another writes. The fixtures are those of tests/golden, or of the folder that PLUMBLINE_GOLDEN names. A software GPU is one that PLUMBLINE_GPU names.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { tryBackend } from '#jobs/try-backend.ts';

const known = ['cpu', 'wasm', 'webgpu', 'tensorflow'];
const { values } = parseArgs({ options: { backend: { type: 'string' } } });
if (values.backend?.split('+').some((name) => !known.includes(name))) {
  console.error(`There is no backend "${values.backend}". Choose ${known.join(', ')}, or two of them as in tensorflow+wasm.`);
  process.exit(2);
}

let failed = false;
for (const backend of values.backend ? [values.backend] : known) {
  const found = await tryBackend(backend);
  if ('reason' in found) {
    console.log(`\nGolden fixtures on ${backend}: skipped. ${found.reason}`);
    failed ||= values.backend !== undefined; // one that was asked for must be there
    continue;
  }
  console.log(`\nGolden fixtures on ${backend}: ${found.words}`);
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'golden.test'], {
    stdio: 'inherit',
    env: { ...process.env, PLUMBLINE_BACKEND: backend },
  });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
