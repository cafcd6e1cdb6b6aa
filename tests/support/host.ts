import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createApp } from '#backend/app.ts';
import { type BrowserOptions, serveBrowser } from '#server/listeners/browser.ts';
import type { App } from '#shared/api/app.ts';
import { writeDemoFolder } from './demo-folder.ts';
import { temporaryFolder } from './temporary.ts';

export interface TestHost {
  app: App;
  origin: string;
  url: string;
  port: number;
  /** The session cookie that the printed URL gives. */
  cookie: string;
}

/** The whole app on a small demo project, served to browsers until the test ends. */
export async function startBrowserHost(options: BrowserOptions = {}): Promise<TestHost> {
  const folder = temporaryFolder();
  const app = createApp({ dataFolder: join(folder, 'data'), demoFolder: writeDemoFolder(join(folder, 'demo')) });
  const listener = await serveBrowser(app, options);
  onTestFinished(async () => {
    await listener.close();
    await app.close();
  });
  const entered = await fetch(listener.url, { redirect: 'manual' });
  const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { app, origin: `http://127.0.0.1:${listener.port}`, url: listener.url, port: listener.port, cookie };
}
