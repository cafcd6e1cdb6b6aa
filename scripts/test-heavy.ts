/** `npm run test:heavy`: the proofs that take minutes, at their full size. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { nodeBinary, root } from './setup.mjs';

const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'tests/cli/real-input.test.ts', 'tests/faults/team-at-once.test.ts'];
const { status } = spawnSync(nodeBinary, vitest, { cwd: root, stdio: 'inherit', env: { ...process.env, PLUMBLINE_HEAVY: '1' } });
process.exit(status ?? 1);
