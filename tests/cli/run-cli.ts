import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const entry = fileURLToPath(new URL('../../src/main/cli/index.ts', import.meta.url));

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}
export interface CliProcess {
  child: ChildProcess;
  ended: Promise<CliResult>;
  /** Resolves with everything printed so far once one of the streams holds `text`. */
  says(text: string): Promise<string>;
}

/** Starts the command line as a person would, with a data and a demo folder of the test's own. */
export function startCli(args: readonly string[], environment: { data: string; demo?: string }): CliProcess {
  const child = spawn(process.execPath, [entry, ...args], {
    env: { ...process.env, PLUMBLINE_DATA: environment.data, PLUMBLINE_DEMO: environment.demo ?? '', PLUMBLINE_BACKEND: 'wasm' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A test that fails or runs out of time leaves no process behind; the engine goes with its parent.
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const result: CliResult = { code: null, stdout: '', stderr: '' };
  const watchers: (() => void)[] = [];
  const take = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
    result[stream] += chunk.toString();
    for (const watcher of watchers) watcher();
  };
  child.stdout.on('data', take('stdout'));
  child.stderr.on('data', take('stderr'));
  const ended = new Promise<CliResult>((resolve) => {
    child.on('close', (code) => resolve({ ...result, code }));
  });
  return {
    child,
    ended,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const all = result.stdout + result.stderr;
          if (all.includes(text)) resolve(all);
        };
        watchers.push(look);
        look();
        void ended.then(({ stdout, stderr }) => reject(new Error(`it ended without saying ${text}: ${stdout}${stderr}`)));
      }),
  };
}
