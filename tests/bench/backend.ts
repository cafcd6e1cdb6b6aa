import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface BenchBackend {
  /** With its token in it. */
  url: string;
  /** Rejects if the process ends while it is measured. */
  gone: Promise<never>;
  stop(): Promise<void>;
}

/** A backend process as a browser host starts it, on a project, once it listens. @param data its data folder, for what is not in the project */
export async function startBenchBackend(project: string, data: string): Promise<BenchBackend> {
  const child = spawn(process.execPath, ['src/main/server/index.ts', '--port', '0', '--project', project], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PLUMBLINE_DATA: data },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const gone = ended.then(() => Promise.reject(new Error('The backend ended before the measurement did; what it said stands above.')));
  // It is awaited beside what is measured; that it ends after the last press is no error.
  gone.catch(() => undefined);
  const listening = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      const said = JSON.parse(line) as { listening?: { url: string }; refused?: string };
      if (said.listening) resolve(said.listening.url);
      else reject(new Error(said.refused));
    });
  });
  return {
    url: await Promise.race([listening, gone]),
    gone,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
