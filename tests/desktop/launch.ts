import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';

export const root = join(import.meta.dirname, '../..');

/**
 * A display nobody sees, where there is none. Returns the environment to start a window in, and the way to end it.
 * The server chooses its number itself: two test files that looked for a free one at the same moment once shared a display, and the first to end took the other's away.
 */
export async function openDisplay(): Promise<{ display: string; close: () => void }> {
  if (process.platform !== 'linux') return { display: '', close: () => {} };
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise<string>((resolve, reject) => {
    (server.stdio[3] as Readable).once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`Xvfb ended with code ${code} before it had a display.`)));
  });
  return { display: `:${number}`, close: () => server.kill() };
}

export interface Desktop {
  app: ElectronApplication;
  page: Page;
  dataFolder: string;
  /** What the host wrote to its standard output and error: the cause, when a test fails. */
  said: () => string;
  close: () => Promise<void>;
}

/** Starts the built app in a data folder of its own, with further `switches` for Chromium, and waits for its first page. */
export async function launch(
  display: string,
  dataFolder = mkdtempSync(join(tmpdir(), 'plumbline-desktop-')),
  switches: readonly string[] = [],
): Promise<Desktop> {
  const app = await _electron.launch({
    executablePath: process.env.PLUMBLINE_ELECTRON ?? '',
    timeout: 120_000,
    // A container's shared memory is often too small for a renderer.
    args: ['--disable-dev-shm-usage', ...switches, root],
    // Chromium refuses its sandbox to root, and Playwright leaves it out unless told otherwise.
    chromiumSandbox: process.getuid?.() !== 0,
    env: {
      ...(process.env as Record<string, string>),
      DISPLAY: display,
      PLUMBLINE_NODE: process.execPath,
      PLUMBLINE_DATA: dataFolder,
      XDG_CONFIG_HOME: join(dataFolder, 'electron'),
      PLUMBLINE_QUIT_WITHOUT_ASKING: '1',
    },
  });
  let said = '';
  for (const stream of [app.process().stdout, app.process().stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
  }
  const page = await app.firstWindow({ timeout: 120_000 });
  page.setDefaultTimeout(120_000); // as long as a busy machine needs
  await page.waitForURL('app://plumbline/**');
  // A navigation before the first layout now and then leaves Electron 25 with a page of size 0 × 0 in a window of the right size.
  await page.waitForFunction(() => innerWidth > 0 && document.readyState === 'complete', undefined, { polling: 50 });
  return {
    app,
    page,
    dataFolder,
    said: () => said,
    close: async () => {
      const killed = setTimeout(() => app.process().kill('SIGKILL'), 20_000);
      await app.close().catch(() => {});
      clearTimeout(killed);
      rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export async function waitFor(condition: () => boolean | Promise<boolean>, milliseconds = 120_000): Promise<true> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${milliseconds} ms in vain: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}
