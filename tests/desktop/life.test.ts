import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ProjectSummary } from '#shared/api/project.ts';
import type { RunSummary } from '#shared/api/runs.ts';
import { type Desktop, launch, openDisplay, waitFor } from './launch.ts';

let display: Awaited<ReturnType<typeof openDisplay>>;
let desktop: Desktop;

beforeAll(async () => {
  display = await openDisplay();
  desktop = await launch(display.display);
});
beforeEach(({ onTestFailed }) => {
  onTestFailed(() => console.error(desktop.said()));
});
afterAll(async () => {
  await desktop?.close();
  display?.close();
});

async function query<Answer>(path: string): Promise<Answer> {
  return desktop.page.evaluate(async (address) => {
    const response = await fetch(`/rpc/${address}`);
    return ((await response.json()) as { result: { data: unknown } }).result.data as never;
  }, path);
}
async function mutate<Answer>(path: string, input: object): Promise<Answer> {
  return desktop.page.evaluate(
    async ([address, body]) => {
      const response = await fetch(`/rpc/${address}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return ((await response.json()) as { result: { data: unknown } }).result.data as never;
    },
    [path, input] as const,
  );
}
async function openLabel(): Promise<void> {
  await desktop.page.goto('app://plumbline/label');
  await desktop.page.locator('[data-assignment]').first().waitFor();
}
const judgments = async () => (await query<ProjectSummary>('project.summary')).counts.judgments;

/** Processes of this app's backend, found by the socket folder that only it uses. */
async function backendPid(): Promise<number> {
  const parent = desktop.app.process().pid;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandOf(pid).includes('server/index.ts') && parentOf(pid) === parent);
  return Number(children[0] ?? 0);
}
const read = (path: string) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // a process that just ended
  }
};
const commandOf = (pid: string) => read(join('/proc', pid, 'cmdline'));
const parentOf = (pid: string) => Number(/^PPid:\s*(\d+)/m.exec(read(join('/proc', pid, 'status')))?.[1] ?? 0);

it('opens on the demo project, where one key judges a pair', async () => {
  const summary = await query<ProjectSummary>('project.summary');
  expect(summary.demo).toBe(true);
  await openLabel();
  const before = await judgments();
  await desktop.page.keyboard.press('ArrowRight');
  await waitFor(async () => (await judgments()) === before + 1);
});

it('starts a killed backend again, loses nothing and goes on', async ({ skip }) => {
  if (process.platform !== 'linux') skip('finds the backend through /proc');
  await openLabel();
  const before = await judgments();
  const killed = await backendPid();
  expect(killed).toBeGreaterThan(0);
  process.kill(killed, 'SIGKILL');
  await desktop.page.keyboard.press('ArrowLeft');
  await waitFor(async () => (await judgments().catch(() => -1)) === before + 1);
  expect(await backendPid()).not.toBe(killed);
});

it('goes where its menu says without loading its page anew', async () => {
  await openLabel();
  await desktop.page.evaluate(() => {
    (globalThis as { kept?: boolean }).kept = true;
  });
  const places = await desktop.app.evaluate(({ Menu }) => {
    const go = Menu.getApplicationMenu()?.items.find(({ label }) => label === 'Go')?.submenu?.items ?? [];
    go.find(({ label }) => label === 'Team')?.click();
    return go.map(({ label }) => label);
  });
  expect(places).toEqual(['Project', 'Label', 'Data', 'Train', 'Compare', 'Models', 'Team']);
  await desktop.page.waitForURL('app://plumbline/team');
  expect(await desktop.page.evaluate(() => (globalThis as { kept?: boolean }).kept)).toBe(true);
});

it('keeps a run resumable when its window is closed in the middle', async () => {
  await mutate('project.setSimulated', { on: true });
  const run = await mutate<RunSummary>('runs.start', {
    method: 'reward',
    judgmentsBy: ['simulated'],
    config: { epochs: 20, checkpointEvery: 2 },
  });
  await waitFor(async () =>
    (await query<RunSummary[]>('runs.list')).some(({ id, state, step }) => id === run.id && state === 'running' && step >= 4),
  );
  const { dataFolder } = desktop;
  const gone = new Promise<void>((resolve) => desktop.app.process().once('exit', () => resolve()));
  await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await gone;

  desktop = await launch(display.display, dataFolder);
  const [after] = await query<RunSummary[]>('runs.list');
  expect(after).toMatchObject({ id: run.id });
  expect(['stopped', 'interrupted']).toContain(after?.state);
  expect(after?.step).toBeGreaterThan(0);
  await mutate('runs.resume', { run: run.id });
  await waitFor(async () => ((await query<RunSummary[]>('runs.list'))[0]?.step ?? 0) > (after?.step ?? 0));
  await mutate('runs.stop', { run: run.id });
});
