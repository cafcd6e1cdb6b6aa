import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { hostBrowser } from '#server/browser-host.ts';
import { openStore } from '#store/store.ts';
import { writeDemoFolder } from '../support/demo-folder.ts';
import { temporaryFolder } from '../support/temporary.ts';

const before = { data: process.env.PLUMBLINE_DATA, demo: process.env.PLUMBLINE_DEMO };
afterEach(() => {
  for (const [name, value] of [['PLUMBLINE_DATA', before.data] as const, ['PLUMBLINE_DEMO', before.demo] as const]) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

async function start() {
  const folder = temporaryFolder();
  process.env.PLUMBLINE_DATA = join(folder, 'data');
  process.env.PLUMBLINE_DEMO = writeDemoFolder(join(folder, 'demo'));
  const host = await hostBrowser({});
  onTestFinished(() => host.close());
  const entered = await fetch(host.url, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  const me = () => fetch(new URL('/rpc/project.me', host.url), { headers: { cookie } });
  return { folder, host, me };
}

/** Backends of this process, by the kernel's own list. */
function backends(): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => (line.includes('server/index.ts') ? [Number.parseInt(line, 10)] : []));
}

test.skipIf(process.platform !== 'linux')('a backend that dies is started again where it was, and the page’s session goes on', async () => {
  const { me, host, folder } = await start();
  expect((await me()).status).toBe(200);
  for (let death = 0; death < 2; death++) {
    const [pid] = backends();
    if (pid === undefined) throw new Error('the host has no backend'); // 0 would be this test and all beside it
    process.kill(pid, 'SIGKILL');
    await expect.poll(async () => (await me().catch(() => null))?.status, { interval: 100 }).toBe(200);
    expect(backends()).not.toContain(pid);
  }
  await host.close();
  expect(backends()).toEqual([]);
  openStore(join(folder, 'data', 'Front desk.plumbline')).close();
});

test('a second host on the same project is refused with the backend’s sentence', async () => {
  await start();
  await expect(hostBrowser({})).rejects.toThrow(/Another copy of Plumbline/);
});
