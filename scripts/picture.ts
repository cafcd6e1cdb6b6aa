/**
 * `npm run picture -- --rows FILE --out FILE.png`: draws the over-optimization picture of docs/results with the app's own charts. FILE is what `npm run proof -- --json`
 * printed, or any JSON with its `overOptimization` rows.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { PlainError } from '#shared/errors.ts';
import { findChromium } from './lib/find-chromium.ts';
import { runScript } from './lib/run-script.ts';
import { root } from './setup.mjs';

const usage = `Usage: npm run picture -- --rows FILE --out FILE.png
Example: npm run proof -- --method ppo --seeds 1 --json > proof.json && npm run picture -- --rows proof.json --out docs/results/over-optimization.png`;

async function draw(rows: unknown, out: string): Promise<void> {
  const executablePath = findChromium();
  if (!executablePath) throw new PlainError('not_found', 'No Chromium found; install it, or set PLUMBLINE_CHROMIUM to its path.');
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-picture-'));
  try {
    const page = join(root, 'src/renderer/pictures/over-optimization.html');
    const shared = { root: join(root, 'src/renderer'), plugins: [react()], configFile: false as const, logLevel: 'warn' as const };
    await build({ ...shared, build: { outDir: folder, emptyOutDir: true, target: 'chrome114', rolldownOptions: { input: page } } });
    writeFileSync(join(folder, 'pictures/rows.json'), JSON.stringify(rows));
    const server = await preview({ ...shared, build: { outDir: folder }, preview: { port: 0, host: '127.0.0.1' } });
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    try {
      const opened = await browser.newPage({ viewport: { width: 1500, height: 560 }, deviceScaleFactor: 2 });
      await opened.goto(`${server.resolvedUrls?.local[0]}pictures/over-optimization.html`);
      await opened.locator('canvas').nth(5).waitFor();
      await opened.evaluate(() => document.fonts.ready);
      await opened.screenshot({ path: out, fullPage: true });
    } finally {
      await browser.close();
      await server.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await runScript({
  usage,
  options: { rows: { type: 'string' }, out: { type: 'string' } },
  read: ({ rows, out }) => {
    if (!rows || !out) throw new TypeError('--rows and --out are both needed.');
    return { rows, out: resolve(out) };
  },
  run: async ({ rows, out }) => {
    if (!existsSync(rows)) throw new PlainError('not_found', `${rows} is not there. Make it with npm run proof -- --json.`);
    const { overOptimization } = JSON.parse(readFileSync(rows, 'utf8')) as { overOptimization?: unknown[] };
    if (!overOptimization?.length)
      throw new PlainError('bad_input', `${rows} has no overOptimization rows. Make them with npm run proof -- --json.`);
    await draw(overOptimization, out);
    return { json: { out }, text: `Wrote ${out}.` };
  },
});
