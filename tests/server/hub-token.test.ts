import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Transfer } from '#shared/api/models.ts';
import { answerFrom, keepSecret } from '../../src/main/desktop/kept-secret.ts';
import { goldenPath } from '../golden/load.ts';
import { startBackend } from '../support/backend-process.ts';
import { writeDemoFolder } from '../support/demo-folder.ts';
import { startFakeHub } from '../support/fake-hub.ts';
import { startBrowserHost } from '../support/host.ts';
import { keyringForTest } from '../support/keyring.ts';
import { temporaryFolder } from '../support/temporary.ts';

const token = 'hf_thisIsNoTokenOfAnybody1234';

interface Answer {
  status: number;
  text: string;
  result: unknown;
}

/** The backend as the desktop host starts it: a socket, and a keyring behind its message channel. `heard` is everything that it answered or wrote. */
async function startDesktopBackend(environment: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const keyring = keyringForTest();
  mkdirSync(join(folder, 'data'));
  const keeper = keepSecret(join(folder, 'data', 'hub-token'), keyring);
  const socketPath = join(folder, 'socket');
  const { child } = await startBackend(
    folder,
    ['--socket', socketPath],
    {
      ...{ PLUMBLINE_TOKEN: 'bearer', PLUMBLINE_DEMO: writeDemoFolder(join(folder, 'demo')), HF_TOKEN: '', HF_TOKEN_PATH: '/nowhere' },
      ...environment,
    },
    (question) => answerFrom(keeper, question),
  );
  const heard: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
  const call = (procedure: string, input?: object) =>
    new Promise<Answer>((resolve, reject) => {
      const outgoing = request({
        socketPath,
        path: `/rpc/${procedure}`,
        method: input ? 'POST' : 'GET',
        headers: { host: 'plumbline', authorization: 'Bearer bearer', 'content-type': 'application/json' },
      });
      outgoing.on('error', reject).on('response', async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        heard.push(text);
        const body = JSON.parse(text) as { result?: { data?: unknown } };
        resolve({ status: response.statusCode ?? 0, text, result: body.result?.data });
      });
      outgoing.end(input && JSON.stringify(input));
    });
  return { folder, keyring, heard, call };
}

/** Files below `folder` that hold `text`. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path) && statSync(path).isFile() && readFileSync(path).includes(text));
}

describe('the token for the Hub, on a host with a keyring', () => {
  it('signs a download in, and is in no answer and no file', async () => {
    const hub = await startFakeHub(goldenPath('models', 'smollm'));
    const { folder, heard, call } = await startDesktopBackend({ HF_ENDPOINT: hub.url });
    expect((await call('system.hubToken')).result).toEqual({ kept: false, hint: null, refusal: null, elsewhere: null });
    expect((await call('system.keepHubToken', { token: `  ${token}\n` })).status).toBe(200);
    expect((await call('system.hubToken')).result).toEqual({ kept: true, hint: 'hf_…1234', refusal: null, elsewhere: null });

    await call('models.import', { place: { kind: 'hub', repository: 'tester/tiny' } });
    const transfer = async () => ((await call('models.transfers')).result as Transfer[])[0];
    for (let last = await transfer(); last?.state !== 'done'; last = await transfer()) {
      if (last?.error) throw new Error(last.error);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(hub.requests.length).toBeGreaterThan(3);
    expect(hub.requests.every((line) => line.includes('signed in'))).toBe(true);

    expect(heard.join('\n')).not.toContain(token);
    expect(filesWith(folder, token)).toEqual([]);
    expect((await call('system.forgetHubToken', {})).status).toBe(200);
    expect((await call('system.hubToken')).result).toMatchObject({ kept: false, hint: null });
    expect(existsSync(join(folder, 'data', 'hub-token'))).toBe(false);
  }, 180_000);

  it('is refused with the keyring’s own sentence, or when it is none, and never quoted', async () => {
    const { keyring, heard, call } = await startDesktopBackend();
    const bad = `${token} and more`;
    expect((await call('system.keepHubToken', { token: bad })).status).toBe(400);
    keyring.why = 'This desktop has no keyring.';
    const refused = await call('system.keepHubToken', { token });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('This desktop has no keyring.');
    expect(heard.join('\n')).not.toContain(token);
  });

  it('goes before HF_TOKEN, which goes before what hf auth login keeps', async () => {
    const login = join(temporaryFolder(), 'token');
    writeFileSync(login, `${token}\n`);
    const signedIn = await startDesktopBackend({ HF_TOKEN_PATH: login });
    expect((await signedIn.call('system.hubToken')).result).toMatchObject({ kept: false, elsewhere: 'login' });
    const both = await startDesktopBackend({ HF_TOKEN_PATH: login, HF_TOKEN: token });
    expect((await both.call('system.hubToken')).result).toMatchObject({ kept: false, elsewhere: 'HF_TOKEN' });
    expect([...signedIn.heard, ...both.heard].join('\n')).not.toContain(token);
  });
});

describe('the token for the Hub, in a browser', () => {
  it('is not kept, and the owner is told what to do instead; nobody else may ask', async () => {
    const { app, origin, cookie } = await startBrowserHost();
    const ask = (path: string, body?: object, session = cookie) =>
      fetch(`${origin}/rpc/${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { cookie: session, 'content-type': 'application/json', origin },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
    const sentence = /no keyring to keep a token in\. Set HF_TOKEN .* "hf auth login"/;
    expect((await app.system.hubToken()).refusal).toMatch(sentence);
    const refused = await ask('system.keepHubToken', { token });
    expect(refused.status).toBe(409);
    const text = await refused.text();
    expect((JSON.parse(text) as { error: { message: string } }).error.message.match(sentence)).not.toBeNull();
    expect(text).not.toContain(token);
    expect((await ask('system.hubToken', undefined, '')).status).toBe(401);
    const { token: link } = app.team.invite({ name: 'Ada', role: 'lead' });
    const entered = await fetch(`${origin}/?invite=${link}`, { redirect: 'manual' });
    const ada = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await ask('project.me', undefined, ada)).status).toBe(200);
    expect((await ask('system.hubToken', undefined, ada)).status).toBe(403);
    expect((await ask('system.keepHubToken', { token }, ada)).status).toBe(403);
    expect((await ask('system.forgetHubToken', {}, ada)).status).toBe(403);
  });
});
