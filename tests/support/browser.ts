import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { buildIfStale } from '../../scripts/lib/build.ts';
import { findChromium } from '../../scripts/lib/find-chromium.ts';
import { type BackendProcess, startBackend } from './backend-process.ts';
import { writeDemoFolder } from './demo-folder.ts';
import { temporaryFolder } from './temporary.ts';

/** What keeps a headless Chromium quiet and off the network. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const token = 'browser-tests-token-browser-tests-token';
/** Milliseconds that a page is waited for: what is waited for comes or does not, and a run takes as long as a busy machine needs. */
export const patience = 300_000;

export interface ServedApp {
  page: Page;
  origin: string;
  /** The backend that answers now. */
  backend: () => BackendProcess;
  /** Starts a backend again on the same project, port and token, as a host does. */
  restart: () => Promise<void>;
  /** A second page of the same person. */
  newPage: () => Promise<Page>;
}

/** One Chromium for a test file; `open` gives each test a fresh project behind a real backend process, and a signed-in page. */
export function chromiumForTests(): {
  /** `write` makes the demo folder; default: a small one whose model cannot be trained. */
  open: (demo?: Parameters<typeof writeDemoFolder>[1], write?: typeof writeDemoFolder) => Promise<ServedApp>;
} {
  let browser: Browser;
  beforeAll(async () => {
    buildIfStale();
    browser = await chromium.launch({ executablePath: findChromium() ?? '', args: quiet, ignoreDefaultArgs: ['--hide-scrollbars'] });
  });
  afterAll(() => browser.close());

  return {
    open: async (demo = {}, write = writeDemoFolder) => {
      const folder = temporaryFolder();
      const environment = { PLUMBLINE_TOKEN: token, PLUMBLINE_DEMO: write(join(folder, 'demo'), demo) };
      let backend = await startBackend(folder, ['--port', '0'], environment);
      const port = backend.said.listening?.port;
      if (port === undefined) throw new Error(`the backend does not listen: ${JSON.stringify(backend.said)}`);
      const origin = `http://127.0.0.1:${port}`;
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: origin, reducedMotion: 'reduce' });
      onTestFinished(() => context.close());
      const newPage = async () => {
        const page = await context.newPage();
        page.setDefaultTimeout(patience);
        return page;
      };
      const page = await newPage();
      await page.goto(`/?token=${token}`);
      return {
        page,
        origin,
        newPage,
        backend: () => backend,
        restart: async () => {
          backend = await startBackend(folder, ['--port', String(port)], environment);
        },
      };
    },
  };
}
