import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { root, waitFor } from './launch.ts';

interface Target {
  type: string;
  url: string;
  webSocketDebuggerUrl: string;
}

/**
 * The app without Playwright, spoken to by the bare DevTools protocol. Playwright stops every new window before its first line, so a page
 * whose `window.open` is refused would wait for ever.
 */
export async function launchBare(
  display: string,
): Promise<{ evaluate: (expression: string) => Promise<unknown>; pages: () => Promise<string[]>; close: () => void }> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'plumbline-desktop-'));
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(process.env.PLUMBLINE_ELECTRON ?? '', [...sandbox, '--remote-debugging-port=0', root], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      DISPLAY: display,
      PLUMBLINE_NODE: process.execPath,
      PLUMBLINE_DATA: dataFolder,
      XDG_CONFIG_HOME: join(dataFolder, 'electron'),
    },
  });
  const port = await portOf(child);
  const targets = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`);
    return ((await response.json()) as Target[]).filter(({ type }) => type === 'page');
  };
  await waitFor(async () => (await targets()).some(({ url }) => url.startsWith('app://plumbline')));
  const socket = new WebSocket((await targets())[0]?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  let last = 0;
  const evaluate = (expression: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const onMessage = ({ data }: MessageEvent<string>) => {
        const message = JSON.parse(data) as {
          id?: number;
          result?: { result: { value?: unknown; description?: string }; exceptionDetails?: object };
        };
        if (message.id !== id) return;
        socket.removeEventListener('message', onMessage);
        if (message.result?.exceptionDetails) reject(new Error(message.result.result.description));
        else resolve(message.result?.result.value);
      };
      socket.addEventListener('message', onMessage);
      socket.send(
        JSON.stringify({
          id,
          method: 'Runtime.evaluate',
          params: { expression, awaitPromise: true, returnByValue: true, userGesture: true },
        }),
      );
    });
  // What is asked while the first page is replaced by ours has no answer: it is asked again.
  const place = () =>
    Promise.race([
      evaluate("document.readyState === 'complete' && location.origin"),
      new Promise<null>((resolve) => setTimeout(resolve, 1_000, null)),
    ]);
  await waitFor(async () => (await place()) === 'app://plumbline');
  return {
    evaluate,
    pages: async () => (await targets()).map(({ url }) => url),
    close: () => {
      socket.close();
      child.kill('SIGKILL');
      rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stderr as Readable }).on('line', (line) => {
      const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port) resolve(Number(port));
    });
    child.once('exit', (code) => reject(new Error(`Electron ended with ${code} before it listened`)));
  });
}
