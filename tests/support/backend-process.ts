import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const entry = fileURLToPath(new URL('../../src/main/server/index.ts', import.meta.url));

export interface Said {
  listening?: { url?: string; port?: number; socket?: string };
  refused?: string;
}
export interface BackendProcess {
  child: ChildProcess;
  /** Its first line. */
  said: Said;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
}

/** Starts a real backend process, as a host does, and waits for its first line. Ended with the test. */
export async function startBackend(
  folder: string,
  args: readonly string[],
  environment: Record<string, string> = {},
  /** What a host with a keyring answers over the message channel that it opened. */
  answer?: (question: unknown) => Promise<object | null>,
): Promise<BackendProcess> {
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: answer ? ['pipe', 'pipe', 'inherit', 'ipc'] : ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PLUMBLINE_DATA: join(folder, 'data'), ...environment },
  });
  if (answer) child.on('message', (question) => void answer(question).then((said) => said && child.connected && child.send(said)));
  const gone = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  const lines = createInterface({ input: child.stdout! });
  const said = await Promise.race([
    once(lines, 'line').then(([line]) => JSON.parse(String(line)) as Said),
    gone.then(([code]) => {
      throw new Error(`the backend ended with ${String(code)} before it said anything`);
    }),
  ]);
  return { child, said, kill };
}
