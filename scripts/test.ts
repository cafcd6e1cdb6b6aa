/** `npm test`: everything, in the order in which failures are cheapest to find; says what it skipped and why; ends with one line of counts. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from '../tests/reporter.ts';
import { buildIfStale } from './lib/build.ts';
import { findChromium, installFromDebian } from './lib/find-chromium.ts';
import { findElectron } from './lib/find-electron.ts';
import { nodeBinary, root } from './setup.mjs';

interface Group {
  name: string;
  /** Its tests drive programs that others wrote (a browser, a display server): one that fails is tried once more, and the summary names it. */
  retried?: true;
  /** Parts of the paths of its test files. Those against golden fixtures are a group of their own. */
  folders: string[];
}

const groups: Group[] = [
  { name: 'unit', folders: ['tests/shared', 'tests/renderer', 'tests/demo', 'tests/scripts'] },
  { name: 'golden', folders: ['golden.test'] },
  { name: 'store', folders: ['tests/store', 'tests/backend', 'tests/server'] },
  { name: 'engine', folders: ['tests/engine'] },
  { name: 'runs', folders: ['tests/jobs', 'tests/cli'] },
  { name: 'faults', folders: ['tests/faults'] },
  { name: 'browser', folders: ['tests/e2e'], retried: true },
  { name: 'desktop', folders: ['tests/desktop'], retried: true },
];

const only = process.argv.slice(2);
const total: Outcome = { passed: 0, failed: 0, skipped: [], flaky: [] };
const started = Date.now();
const scratch = mkdtempSync(join(tmpdir(), 'plumbline-test-'));

function step(name: string, command: string, ...args: string[]): void {
  const began = Date.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok' : 'FAILED'}  ${name}  ${seconds(began)} s`);
  if (status === 0) total.passed += 1;
  else total.failed += 1;
}

function run(group: Group): void {
  const reason = missing(group.name);
  if (reason !== null) {
    total.skipped.push({ name: `all of ${group.name}`, reason });
    return;
  }
  const began = Date.now();
  const file = join(scratch, `${group.name}.json`);
  const vitest = [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=dot', '--reporter=./tests/reporter.ts'];
  const { status } = spawnSync(
    nodeBinary,
    [
      ...vitest,
      ...group.folders,
      ...(group.name === 'golden' ? [] : ['--exclude', '**/*.golden.test.ts']),
      ...(group.retried ? ['--retry=1'] : []),
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, PLUMBLINE_TEST_OUTCOME: file },
    },
  );
  const outcome: Outcome = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Outcome)
    : { passed: 0, failed: 1, skipped: [], flaky: [] };
  // A group whose runner failed without a failed test (a crash, no test found) has failed all the same.
  if (status !== 0 && outcome.failed === 0) outcome.failed = 1;
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  total.skipped.push(...outcome.skipped);
  total.flaky.push(...outcome.flaky);
  console.log(
    `${outcome.failed === 0 ? 'ok' : 'FAILED'}  ${group.name}  ${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped.length} skipped  ${seconds(began)} s`,
  );
}

/** Why a group cannot run on this machine, or null. */
function missing(name: string): string | null {
  if (name === 'browser' && !findChromium() && !(installFromDebian('chromium') && findChromium())) {
    return 'no Chromium found; install it, or set PLUMBLINE_CHROMIUM to its path';
  }
  if (name === 'desktop') {
    const electron = findElectron(false);
    if (electron.path === null) return `no Electron found: ${electron.reason}`;
    if (process.platform === 'linux' && !existsSync('/usr/bin/xvfb-run') && !installFromDebian('xvfb'))
      return 'no xvfb-run to show its window in';
    process.env.PLUMBLINE_ELECTRON = electron.path;
  }
  return null;
}

const seconds = (since: number) => Math.round((Date.now() - since) / 1000);

if (only.length === 0) {
  step('types', nodeBinary, 'node_modules/typescript/bin/tsc', '--noEmit', '-p', '.');
  step('lint and layers', nodeBinary, 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.');
}
buildIfStale();
for (const group of groups) if (only.length === 0 || only.includes(group.name)) run(group);
rmSync(scratch, { recursive: true, force: true });

if (total.skipped.length > 0) console.log('\nSkipped:');
for (const { name, reason } of total.skipped) console.log(`  ${name}: ${reason}`);
if (total.flaky.length > 0) console.log('\nPassed at the second try only, so something is wrong with the test or with what it tests:');
for (const name of total.flaky) console.log(`  ${name}`);
console.log(`\n${seconds(started)} s`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
