import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';

export const root = join(import.meta.dirname, '../..');

/** A display nobody sees, where there is none. Returns the environment to start a window in, and the way to end it. */
export async function openDisplay(): Promise<{ display: string; close: () => void }> {
  if (process.platform !== 'linux') return { display: '', close: () => {} };
  for (let number = 90; number < 190; number += 1) {
    if (existsSync(`/tmp/.X11-unix/X${number}`)) continue;
    const server = spawn('Xvfb', [`:${number}`, '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'], { stdio: 'ignore' });
    const up = await Promise.race([waitFor(() => existsSync(`/tmp/.X11-unix/X${number}`)), ended(server)]);
    if (up) return { display: `:${number}`, close: () => server.kill() };
  }
  throw new Error('no free display number');
}

export interface Desktop {
  app: ElectronApplication;
  page: Page;
  dataFolder: string;
  close: () => Promise<void>;
}

/** Starts the built app in a data folder of its own and waits for its first page. */
export async function launch(display: string, dataFolder = mkdtempSync(join(tmpdir(), 'plumbline-desktop-'))): Promise<Desktop> {
  const app = await _electron.launch({
    executablePath: process.env.PLUMBLINE_ELECTRON ?? '',
    args: [root],
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
  const page = await app.firstWindow();
  await page.waitForURL('app://plumbline/**');
  return {
    app,
    page,
    dataFolder,
    close: async () => {
      await app.close().catch(() => {});
      rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export async function waitFor(condition: () => boolean | Promise<boolean>, milliseconds = 20_000): Promise<true> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${milliseconds} ms in vain: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

const ended = (child: ChildProcess) => new Promise<false>((resolve) => child.once('exit', () => resolve(false)));
