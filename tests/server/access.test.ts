import { request } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '#backend/app.ts';
import { createHandler } from '#server/handler.ts';
import { serveBrowser } from '#server/listeners/browser.ts';
import { serveDesktop } from '#server/listeners/socket.ts';
import { appRouter } from '#server/router.ts';
import { writeDemoFolder } from '../support/demo-folder.ts';
import { startBrowserHost } from '../support/host.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** `project.summary` → `query`, for every procedure that the router has. */
const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>).map(
  ([path, procedure]) => [path, procedure._def.type] as const,
);
/** What an annotator may call; a new procedure is a lead's until it is written down here. */
const annotators = [
  'project.me',
  'project.summary',
  'project.guidelines',
  'project.renameMe',
  'project.settings',
  'project.saveSetting',
  'labeling.queue',
  'labeling.judge',
  'labeling.mine',
  'labeling.revisit',
  'labeling.undo',
  'team.mine',
];

test('the router was read', () => {
  expect(procedures.length).toBeGreaterThan(25);
  expect(procedures.map(([path]) => path)).toEqual(expect.arrayContaining(annotators));
});

function call(origin: string, path: string, type: string, headers: Record<string, string> = {}): Promise<Response> {
  if (type === 'mutation') {
    return fetch(`${origin}/rpc/${path}`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', ...headers } });
  }
  return fetch(`${origin}/rpc/${path}`, { headers });
}

test('every procedure, and every file route, refuses a caller without a session, with a wrong one, or with another copy’s', async () => {
  const { origin, cookie, port } = await startBrowserHost();
  const [, value] = cookie.split('=');
  for (const headers of [
    {},
    { cookie: `plumbline_${port}=wrong` },
    { cookie: `plumbline_1=${value}` },
    { authorization: `Bearer ${value}` },
  ]) {
    for (const [path, type] of procedures) {
      const response = await call(origin, path, type, headers as Record<string, string>);
      expect(`${path} ${response.status}`).toBe(`${path} 401`);
      expect(await response.text()).toContain('signed out');
    }
    expect(
      (await fetch(`${origin}/files/uploads?name=a`, { method: 'POST', body: 'a', headers: headers as Record<string, string> })).status,
    ).toBe(401);
    expect((await fetch(`${origin}/files/exports/a.jsonl?format=trl`, { headers: headers as Record<string, string> })).status).toBe(401);
  }
});

test('an annotator may label and see their own; everything else is refused before it is read', async () => {
  const { app } = await startBrowserHost();
  const handle = createHandler({ app, host: 'browser', authenticate: () => ({ personId: app.ownerId(), role: 'annotator' }) });
  for (const [path, type] of procedures) {
    const response = await handle(
      new Request(
        `http://127.0.0.1/rpc/${path}`,
        type === 'mutation' ? { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } } : {},
      ),
    );
    // A subscription has begun to answer when its role is checked: it says so in the stream and ends.
    const forbidden = response.status === 403 || (type === 'subscription' && (await response.text()).includes('FORBIDDEN'));
    expect(`${path} ${forbidden}`).toBe(`${path} ${!annotators.includes(path)}`);
  }
  const upload = await handle(new Request('http://127.0.0.1/files/uploads?name=a', { method: 'POST', body: 'a' }));
  expect(upload.status).toBe(403);
});

/** What not even a lead may call. */
const owners = [
  ...['team.setRole', 'models.inspect', 'models.import', 'models.export', 'models.stop', 'models.remove'],
  ...['system.keepHubToken', 'system.forgetHubToken'],
];

test('a lead may call everything but what is the owner’s alone', async () => {
  const { app } = await startBrowserHost();
  const handle = createHandler({ app, host: 'browser', authenticate: () => ({ personId: app.ownerId(), role: 'lead' }) });
  // A null input is refused by whatever takes one, after the role was checked and before anything is done.
  const takesInput = procedures.filter(([path, type]) => type === 'mutation' && (takes(path) || owners.includes(path)));
  expect(takesInput.map(([path]) => path)).toEqual(expect.arrayContaining(owners));
  for (const [path] of takesInput) {
    const response = await handle(
      new Request(`http://127.0.0.1/rpc/${path}`, { method: 'POST', body: 'null', headers: { 'content-type': 'application/json' } }),
    );
    expect(`${path} ${response.status}`).toBe(`${path} ${owners.includes(path) ? 403 : 400}`);
  }
});

/** Whether a procedure has an input of its own. */
function takes(path: string): boolean {
  const procedure = (appRouter._def.procedures as unknown as Record<string, { _def: { inputs: unknown[] } }>)[path];
  return (procedure?._def.inputs.length ?? 0) > 0;
}

test('the owner’s cookie opens the app; it is HttpOnly, SameSite=Strict, and the token leaves the address', async () => {
  const { origin, url, cookie } = await startBrowserHost();
  const entered = await fetch(url, { redirect: 'manual' });
  expect(entered.status).toBe(303);
  expect(entered.headers.get('location')).toBe('/');
  expect(entered.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict; Path=\//);
  const me = await (await call(origin, 'project.me', 'query', { cookie })).json();
  expect(me).toMatchObject({ result: { data: { role: 'owner', host: 'browser' } } });
});

test('wrong links are slowed down', async () => {
  const { origin, url } = await startBrowserHost();
  const answers: number[] = [];
  for (let attempt = 0; attempt < 12; attempt++)
    answers.push((await fetch(`${origin}/?token=guess${attempt}`, { redirect: 'manual' })).status);
  expect(answers).toEqual([...Array(10).fill(303), 429, 429]);
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(429);
});

test('a backend started again with the same token goes on with the same session', async () => {
  const first = await startBrowserHost({ token: 'the-host-keeps-it' });
  const second = await serveBrowser(first.app, { token: 'the-host-keeps-it' });
  onTestFinished(() => second.close());
  const cookie = first.cookie.replace(`plumbline_${first.port}`, `plumbline_${second.port}`);
  expect((await call(`http://127.0.0.1:${second.port}`, 'project.me', 'query', { cookie })).status).toBe(200);
});

/** fetch() forbids setting Host, so this goes by hand. */
function status(port: number, headers: Record<string, string>, method = 'GET', path = '/rpc/project.me'): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

test('another name for this machine (DNS rebinding) and pages from elsewhere are refused, cookie or not', async () => {
  const { port, cookie } = await startBrowserHost();
  const host = `127.0.0.1:${port}`;
  expect(await status(port, { cookie, host })).toBe(200);
  expect(await status(port, { cookie, host: `localhost:${port}` })).toBe(200);
  for (const wrong of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`, `192.168.1.5:${port}`]) {
    expect(`${wrong} ${await status(port, { cookie, host: wrong })}`).toBe(`${wrong} 403`);
  }
  expect(await status(port, { cookie, host, origin: `http://${host}` })).toBe(200);
  for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:${port + 1}`, `http://localhost:${port}`]) {
    expect(`${origin} ${await status(port, { cookie, host, origin })}`).toBe(`${origin} 403`);
    expect(await status(port, { cookie, host, origin }, 'POST', '/rpc/labeling.queue')).toBe(403);
  }
  expect(await status(port, { cookie, host, 'sec-fetch-site': 'cross-site' }, 'POST', '/rpc/labeling.queue')).toBe(403);
});

test('other machines are let in only by name: 0.0.0.0 needs --allow-lan, and the sentence says how to put TLS in front', async () => {
  const { app } = await startBrowserHost();
  for (const host of ['0.0.0.0', '::', '192.168.1.20', 'example.org']) {
    await expect(serveBrowser(app, { host })).rejects.toThrow(/--allow-lan.*TLS/);
  }
  const open = await serveBrowser(app, { host: '0.0.0.0', allowLan: true });
  onTestFinished(() => open.close());
  expect(await status(open.port, { host: `10.1.2.3:${open.port}` })).toBe(401);
  expect(await status(open.port, { host: `evil.example:${open.port}` })).toBe(403);
});

test('a taken port is a sentence', async () => {
  const { app, port } = await startBrowserHost();
  await expect(serveBrowser(app, { port })).rejects.toThrow(/taken by another program.*--port/);
});

test.skipIf(process.platform === 'win32')('the desktop socket answers to its bearer token alone', async () => {
  const folder = temporaryFolder();
  const app = createApp({ dataFolder: join(folder, 'data'), demoFolder: writeDemoFolder(join(folder, 'demo')) });
  const socketPath = join(folder, 'backend.sock');
  const listener = await serveDesktop(app, { socket: socketPath, token: 'secret' });
  onTestFinished(async () => {
    await listener.close();
    await app.close();
  });
  const ask = (authorization: string | null) =>
    new Promise<number>((resolve, reject) => {
      const headers = { host: 'plumbline', ...(authorization === null ? {} : { authorization }) };
      request({ socketPath, path: '/rpc/project.me', headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end();
    });
  expect(await ask('Bearer secret')).toBe(200);
  for (const wrong of [null, 'Bearer ', 'Bearer secre', 'Bearer secrett', 'Basic secret']) expect(await ask(wrong)).toBe(401);
});
