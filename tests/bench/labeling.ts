/**
 * `npm run bench:labeling -- [--judgments N] [--comparisons N] [--presses N] [--json]`
 * How long a person waits: from a keypress in Chromium until the next pair is painted (the judgment is on disk by then), with a project of this size.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { createProjectFolder } from '#backend/create-project.ts';
import { openStore } from '#store/store.ts';
import { buildIfStale } from '../../scripts/lib/build.ts';
import { findChromium } from '../../scripts/lib/find-chromium.ts';
import { fillProject } from './fill-project.ts';

const { values } = parseArgs({
  options: {
    judgments: { type: 'string', default: '100000' },
    comparisons: { type: 'string', default: '100000' },
    presses: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
  },
});
const size = { judgments: Number(values.judgments), comparisons: Number(values.comparisons), presses: Number(values.presses) };
const log = (words: string) => console.error(words);

const executablePath = findChromium();
if (!executablePath) {
  log('No Chromium found; install it, or set PLUMBLINE_CHROMIUM to its path.');
  process.exit(1);
}
buildIfStale();
const folder = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
const project = join(folder, 'bench.plumbline');
log(`Writing ${size.judgments.toLocaleString('en')} judgments of ${size.comparisons.toLocaleString('en')} comparisons …`);
createProjectFolder(project, null);
const store = openStore(project);
fillProject(store, { ...size, waiting: size.presses + 100 });
store.close();

const opened = performance.now();
const backend = spawn(process.execPath, ['src/main/server/index.ts', '--port', '0', '--project', project], {
  cwd: join(import.meta.dirname, '../..'),
  stdio: ['pipe', 'pipe', 'inherit'],
  env: { ...process.env, PLUMBLINE_DATA: folder },
});
const ended = new Promise<void>((resolve) => backend.once('exit', () => resolve()));
const gone = ended.then(() => Promise.reject(new Error('The backend ended before the measurement did; what it said stands above.')));
// It is awaited beside what is measured; that it ends after the last press is no error.
gone.catch(() => undefined);
const listening = new Promise<string>((resolve, reject) => {
  createInterface({ input: backend.stdout }).once('line', (line) => {
    const said = JSON.parse(line) as { listening?: { url: string }; refused?: string };
    if (said.listening) resolve(said.listening.url);
    else reject(new Error(said.refused));
  });
});
const url = await Promise.race([listening, gone]);
const openMs = performance.now() - opened;

const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(url);
await page.goto(new URL('/label', url).href);
const times: number[] = [];
try {
  await page.locator('[data-assignment]').first().waitFor({ timeout: 60_000 });
  await watch(page);
  for (let press = 0; press < size.presses; press += 1) {
    times.push(await Promise.race([pressAndWait(page, press % 2 === 0 ? 'ArrowLeft' : 'ArrowRight'), gone]));
    await page.waitForTimeout(30);
  }
} finally {
  await browser.close();
  backend.stdin.end();
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

times.sort((a, b) => a - b);
const at = (share: number) => Number((times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN).toFixed(1));
const result = { ...size, keypressMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99) }, openMs: Math.round(openMs) };
if (values.json) console.log(JSON.stringify(result));
else
  console.log(
    `keypress to next pair painted: p50 ${result.keypressMs.p50} ms, p95 ${result.keypressMs.p95} ms, p99 ${result.keypressMs.p99} ms; opened in ${result.openMs} ms`,
  );

/** Notes the time of each keydown, and of the first frame after another pair was put into the page. */
async function watch(target: Page): Promise<void> {
  await target.evaluate(() => {
    const state = { pressed: 0, shown: '', done: null as ((milliseconds: number) => void) | null };
    Object.assign(globalThis, { bench: state });
    const visible = () =>
      [...document.querySelectorAll<HTMLElement>('[data-assignment]')].find((pair) => pair.getClientRects().length > 0)?.dataset
        .assignment ?? '';
    state.shown = visible();
    addEventListener(
      'keydown',
      () => {
        state.pressed = performance.now();
      },
      true,
    );
    new MutationObserver(() => {
      if (visible() === state.shown || !state.done) return;
      state.shown = visible();
      const { done, pressed } = state;
      state.done = null;
      // A task queued by the next frame runs right after that frame was painted.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done(performance.now() - pressed);
        channel.port2.postMessage(0);
      });
    }).observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ['data-assignment', 'style', 'hidden'],
    });
  });
}

async function pressAndWait(target: Page, key: string): Promise<number> {
  const waited = target.evaluate(
    () =>
      new Promise<number>((resolve) => {
        (globalThis as unknown as { bench: { done: unknown } }).bench.done = resolve;
      }),
  );
  await target.keyboard.press(key);
  return waited;
}
