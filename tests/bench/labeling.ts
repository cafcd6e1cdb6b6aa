/**
 * `npm run bench:labeling -- [--judgments N] [--comparisons N] [--characters N] [--presses N] [--beside N] [--pause MS] [--project FOLDER] [--json]`
 * How long a person waits: from a keypress in Chromium until the next pair is painted (the judgment is on disk by then), in a project of this size, while the
 * lead's report is made over and over; then --beside more presses, each while a report is being made. With --project the project is kept, and a second call measures it again without filling it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { createProjectFolder } from '#backend/create-project.ts';
import { openStore } from '#store/store.ts';
import { buildIfStale } from '../../scripts/lib/build.ts';
import { findChromium } from '../../scripts/lib/find-chromium.ts';
import { startBenchBackend } from './backend.ts';
import { fillProject } from './fill-project.ts';
import { pressAndWait, watchPairs } from './keypress.ts';

const { values } = parseArgs({
  options: {
    judgments: { type: 'string', default: '1000000' },
    comparisons: { type: 'string', default: '100000' },
    characters: { type: 'string', default: '20000' },
    presses: { type: 'string', default: '200' },
    beside: { type: 'string', default: '0' },
    pause: { type: 'string', default: '300' },
    project: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const size = { judgments: Number(values.judgments), comparisons: Number(values.comparisons), characters: Number(values.characters) };
const presses = Number(values.presses);
const beside = Number(values.beside);
/** Milliseconds between a painted pair and the next press: faster than anybody reads two texts of 20,000 characters, slower than a key held down. */
const pause = Number(values.pause);
/** A report younger than this is shown again as it is. */
const reportMilliseconds = 5_000;
const log = (words: string) => console.error(words);

const executablePath = findChromium();
if (!executablePath) {
  log('No Chromium found; install it, or set PLUMBLINE_CHROMIUM to its path.');
  process.exit(1);
}
buildIfStale();
const scratch = mkdtempSync(join(tmpdir(), 'plumbline-bench-'));
const project = values.project ?? join(scratch, 'bench.plumbline');
try {
  if (!existsSync(project)) fill();
  const measured = await measure();
  if (values.json) console.log(JSON.stringify({ ...size, presses, beside, pause, ...measured }));
  else for (const [name, value] of Object.entries(measured)) console.log(`${name} ${JSON.stringify(value)}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function fill(): void {
  log(`Writing ${size.judgments.toLocaleString('en')} judgments of ${size.comparisons.toLocaleString('en')} pairs …`);
  createProjectFolder(project, null);
  const store = openStore(project);
  fillProject(store, { ...size, waiting: 5 * (presses + beside) + 100 });
  store.close();
  // A judgment waits for the disk; it must not wait for what the filling left to be written.
  if (process.platform !== 'win32') spawnSync('sync');
}

async function measure() {
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
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
  const opened = performance.now();
  const backend = await startBenchBackend(project, scratch);
  const openMs = Math.round(performance.now() - opened);
  try {
    await page.goto(backend.url);
    await page.goto(new URL('/label', backend.url).href);
    await page.locator('[data-assignment]').first().waitFor({ timeout: 60_000 });
    const firstPairMs = Math.round(performance.now() - opened);
    await watchPairs(page);
    const reports = reportsOf(page, backend.url);
    const times: { milliseconds: number; besideReport: boolean }[] = [];
    for (let press = 0; press < presses + beside; press += 1) {
      while (press >= presses && !reports.making()) await page.waitForTimeout(5);
      const before = reports.making();
      const milliseconds = await Promise.race([pressAndWait(page, press % 2 === 0 ? 'ArrowLeft' : 'ArrowRight'), backend.gone]);
      times.push({ milliseconds, besideReport: before || reports.making() });
      await page.waitForTimeout(pause);
    }
    const agreement = await reports.stop();
    return {
      keypressMs: percentiles(times.map(({ milliseconds }) => milliseconds)),
      besideReportMs: percentiles(times.filter(({ besideReport }) => besideReport).map(({ milliseconds }) => milliseconds)),
      openMs,
      firstPairMs,
      agreementMs: Math.round(Math.max(...agreement)),
      agreements: agreement.length,
    };
  } finally {
    await browser.close();
    await backend.stop();
  }
}

/** Asks for agreement over all judgments again and again, as a Team screen that stays open does. */
function reportsOf(page: Page, url: string) {
  const address = new URL(`/rpc/team.report?input=${encodeURIComponent(JSON.stringify({ kind: 'person' }))}`, url).href;
  const milliseconds: number[] = [];
  let making = false;
  let stopped = false;
  const asking = (async () => {
    do {
      const began = performance.now();
      making = true;
      const answer = await page.request.get(address);
      making = false;
      if (!answer.ok()) throw new Error(`The report was refused: ${await answer.text()}`);
      milliseconds.push(performance.now() - began);
      for (let waited = 0; !stopped && waited < reportMilliseconds + 200; waited += 100) await new Promise((go) => setTimeout(go, 100));
    } while (!stopped);
  })();
  return {
    making: () => making,
    stop: async () => {
      stopped = true;
      await asking;
      return milliseconds;
    },
  };
}

function percentiles(times: number[]): { p50: number; p95: number; p99: number; slowest: number; n: number } {
  times.sort((a, b) => a - b);
  const at = (share: number) => Number((times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN).toFixed(1));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), slowest: at(1), n: times.length };
}
