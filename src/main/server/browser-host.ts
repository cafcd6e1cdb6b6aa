import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { PlainError } from '#shared/errors.ts';
import { newToken } from './sessions.ts';

export interface BrowserHostOptions {
  project?: string;
  host?: string;
  port?: number;
  allowLan?: boolean;
}
export interface BrowserHost {
  /** Carries the owner token. */
  url: string;
  /** Lets the backend close its project and waits until it is gone. */
  close(): Promise<void>;
  /** Rejects when the backend died and could not be started again; otherwise resolves when it is gone. */
  ended: Promise<void>;
}

const entry = fileURLToPath(new URL('./index.ts', import.meta.url));
/** Milliseconds before a backend that died is started again: at once, then slower, never giving up. */
const restartDelays = [0, 200, 1000, 3000];
/** A backend that was up this long is started again at once when it dies. */
const lastingMilliseconds = 60_000;

/**
 * The browser host: a backend process that listens on loopback HTTP and, if it dies, is started again on the same port with the same token, so that
 * pages that are open go on. @throws PlainError with the backend's sentence when it cannot work
 */
export async function hostBrowser(options: BrowserHostOptions): Promise<BrowserHost> {
  const token = newToken();
  let child: ChildProcess | null = null;
  let closing = false;
  let failures = 0;
  let settle: { resolve(): void; reject(error: Error): void } = { resolve: () => {}, reject: () => {} };
  const ended = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  ended.catch(() => {}); // whoever awaits it hears of it; nobody need

  /** Resolves with its URL once it listens, and watches over it from then on. */
  async function start(port: number): Promise<{ url: string; port: number }> {
    const spawned = spawn(process.execPath, [entry, ...argumentsFor(options, port)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PLUMBLINE_TOKEN: token },
    });
    child = spawned;
    const gone = new Promise<number | null>((resolve) => spawned.once('exit', resolve));
    const first = new Promise<string>((resolve) => createInterface({ input: spawned.stdout as Readable }).once('line', resolve));
    const line = await Promise.race([first, gone.then((code) => JSON.stringify({ died: code }))]);
    const said = JSON.parse(line) as { listening?: { url: string; port: number }; refused?: string };
    if (said.refused !== undefined) throw new PlainError('conflict', said.refused);
    if (!said.listening) throw new Error('The backend ended before it listened; the lines above say why.');
    const at = said.listening;
    const up = Date.now();
    void gone.then((code) => {
      if (Date.now() - up > lastingMilliseconds) failures = 0;
      if (closing || code === 0) settle.resolve();
      else again(at.port);
    });
    return at;
  }

  function again(port: number): void {
    console.error('The backend died and is started again; no judgment is lost.');
    const delay = restartDelays[Math.min(failures++, restartDelays.length - 1)];
    setTimeout(() => {
      if (closing) return settle.resolve();
      start(port).catch((error: unknown) => (error instanceof PlainError ? settle.reject(error) : again(port)));
    }, delay);
  }

  const { url } = await start(options.port ?? 0);
  return {
    url,
    ended,
    async close() {
      closing = true;
      if (child?.exitCode === null && child.signalCode === null) child.stdin?.end();
      else settle.resolve();
      await ended.catch(() => {});
    },
  };
}

function argumentsFor({ project, host, allowLan }: BrowserHostOptions, port: number): string[] {
  return [
    '--port',
    String(port),
    ...(host === undefined ? [] : ['--host', host]),
    ...(allowLan ? ['--allow-lan'] : []),
    ...(project === undefined ? [] : ['--project', project]),
  ];
}
