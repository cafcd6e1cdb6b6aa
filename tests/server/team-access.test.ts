import { expect, test } from 'vitest';
import type { LabelItem } from '#shared/api/labeling.ts';
import { startBrowserHost, type TestHost } from '../support/host.ts';

interface Answer {
  status: number;
  data: unknown;
  message: string;
}

async function call(
  host: TestHost,
  cookie: string,
  path: string,
  input: unknown,
  kind: 'query' | 'mutation' = 'mutation',
): Promise<Answer> {
  const query = kind === 'query' ? `?input=${encodeURIComponent(JSON.stringify(input))}` : '';
  const response = await fetch(`${host.origin}/rpc/${path}${query}`, {
    method: kind === 'query' ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', cookie },
    ...(kind === 'query' ? {} : { body: JSON.stringify(input) }),
  });
  const body = (await response.json()) as { result?: { data: unknown }; error?: { message: string } };
  return { status: response.status, data: body.result?.data, message: body.error?.message ?? '' };
}

/** Opens an invite's link as a browser would; the cookie, or null where it lets nobody in. */
async function enter(host: TestHost, token: string): Promise<string | null> {
  const entered = await fetch(`${host.origin}/?invite=${token}`, { redirect: 'manual' });
  expect(entered.status).toBe(303);
  expect(entered.headers.get('location')).toBe('/');
  return entered.headers.get('set-cookie')?.split(';')[0] ?? null;
}

async function invite(host: TestHost, name: string, role: 'lead' | 'annotator' = 'annotator') {
  const { data } = await call(host, host.cookie, 'team.invite', { name, role });
  const { personId, token } = data as { personId: string; token: string };
  return { personId, token, cookie: (await enter(host, token))! };
}

test('an invite’s link lets one person in under their own name and role, until it is revoked or renewed', async () => {
  const host = await startBrowserHost();
  const ada = await invite(host, 'Ada');
  expect((await call(host, ada.cookie, 'project.me', undefined, 'query')).data).toMatchObject({
    name: 'Ada',
    role: 'annotator',
    personId: ada.personId,
  });
  // The cookie is not the link, and the link is not the cookie.
  expect(ada.cookie).not.toContain(ada.token);
  const port = ada.cookie.split('=')[0];
  expect((await call(host, `${port}=${ada.token}`, 'project.me', undefined, 'query')).status).toBe(401);
  const { data } = await call(host, host.cookie, 'team.renewInvite', { personId: ada.personId });
  expect((await call(host, ada.cookie, 'project.me', undefined, 'query')).status).toBe(401);
  expect(await enter(host, ada.token)).toBeNull();
  const again = await enter(host, (data as { token: string }).token);
  expect((await call(host, again!, 'project.me', undefined, 'query')).status).toBe(200);
  await call(host, host.cookie, 'team.revoke', { personId: ada.personId });
  expect((await call(host, again!, 'labeling.queue', { count: 1 })).status).toBe(401);
  expect(await enter(host, (data as { token: string }).token)).toBeNull();
});

test('neither a token nor what a browser keeps of it is anywhere in the project', async () => {
  const host = await startBrowserHost();
  const ada = await invite(host, 'Ada');
  const secret = ada.cookie.split('=')[1]!;
  const members = JSON.stringify((await call(host, host.cookie, 'team.members', undefined, 'query')).data);
  for (const text of [ada.token, secret]) expect(members).not.toContain(text);
});

test('nobody takes the name of somebody else, and each may keep their own', async () => {
  const host = await startBrowserHost();
  const [ada] = [await invite(host, 'Ada'), await invite(host, 'Bea')];
  const owner = (await call(host, host.cookie, 'project.me', undefined, 'query')).data as { name: string };
  const rename = async (cookie: string, name: string) => (await call(host, cookie, 'project.renameMe', { name })).message;
  for (const name of ['Bea', 'bea ', 'ＢＥＡ', owner.name]) expect(await rename(ada.cookie, name)).toMatch(/is called .* already/);
  expect(await rename(ada.cookie, 'you')).toMatch(/already|anybody/);
  expect(await rename(host.cookie, 'Ada')).toMatch(/already/);
  expect((await call(host, host.cookie, 'team.invite', { name: 'ada' })).message).toMatch(/in this project already/);
  expect(await rename(ada.cookie, 'ada')).toBe('');
  expect(await rename(ada.cookie, 'Ada Lovelace')).toBe('');
  expect((await call(host, ada.cookie, 'project.me', undefined, 'query')).data).toMatchObject({ name: 'Ada Lovelace' });
});

test('guessing links is slowed down', async () => {
  const host = await startBrowserHost();
  const answers: number[] = [];
  for (let attempt = 0; attempt < 12; attempt++)
    answers.push((await fetch(`${host.origin}/?invite=guess${attempt}`, { redirect: 'manual' })).status);
  expect(answers).toEqual([...Array(10).fill(303), 429, 429]);
});

test('a pair belongs to the one it was given to: nobody else judges it, and nothing that an annotator can read speaks of others', async () => {
  const host = await startBrowserHost();
  host.app.team.setRules({ overlap: 1, overlapPeople: 2, mostPeople: 2, repeatShare: 0, goldShare: 0, next: 'order', randomShare: 0.2 });
  const [ada, bea] = [await invite(host, 'Ada'), await invite(host, 'Bea')];
  const next = async (cookie: string) =>
    ((await call(host, cookie, 'labeling.queue', { count: 1 })).data as { items: LabelItem[] }).items[0]!;
  const judgment = (item: LabelItem, key: string) => ({
    assignmentId: item.assignmentId,
    idempotencyKey: key,
    ranking: [[0], [1]],
    rationale: 'Ada’s secret reason',
    times: { shown: 1, firstKey: null, decided: 5000 },
  });
  const first = await next(ada.cookie);
  expect((await call(host, bea.cookie, 'labeling.judge', judgment(first, 'stolen-key'))).message).toMatch(/not in your queue/);
  expect((await call(host, ada.cookie, 'labeling.judge', judgment(first, 'own-key-1'))).status).toBe(200);
  const same = await next(bea.cookie);
  expect(same.comparisonId).toBe(first.comparisonId);
  expect(same.assignmentId).not.toBe(first.assignmentId);
  const seen = JSON.stringify([
    same,
    (await call(host, bea.cookie, 'project.summary', undefined, 'query')).data,
    (await call(host, bea.cookie, 'team.mine', undefined, 'query')).data,
    (await call(host, bea.cookie, 'project.me', undefined, 'query')).data,
    (await call(host, bea.cookie, 'labeling.undo', { idempotencyKey: 'undo-key-1' })).data,
  ]);
  expect(seen).not.toMatch(/Ada|secret reason/);
  expect(seen).not.toContain(ada.personId);
  // Deciding what others could not agree on is the lead's.
  expect((await call(host, bea.cookie, 'labeling.queue', { purpose: 'adjudication', count: 1 })).status).toBe(403);
  expect((await call(host, bea.cookie, 'labeling.undo', { purpose: 'adjudication', idempotencyKey: 'undo-key-2' })).status).toBe(403);
});

test('a lead leads, but only the owner makes leads', async () => {
  const host = await startBrowserHost();
  const lea = await invite(host, 'Lea', 'lead');
  expect((await call(host, lea.cookie, 'team.members', undefined, 'query')).status).toBe(200);
  expect((await call(host, lea.cookie, 'team.invite', { name: 'Cyd' })).status).toBe(200);
  expect((await call(host, lea.cookie, 'team.invite', { name: 'Dov', role: 'lead' })).status).toBe(403);
  expect((await call(host, lea.cookie, 'team.setRole', { personId: lea.personId, role: 'annotator' })).status).toBe(403);
  await call(host, host.cookie, 'team.setRole', { personId: lea.personId, role: 'annotator' });
  // The role is read with every request.
  expect((await call(host, lea.cookie, 'team.members', undefined, 'query')).status).toBe(403);
  expect((await call(host, host.cookie, 'team.revoke', { personId: host.app.ownerId() })).message).toMatch(/owns this project/);
});

test('the lead hears of every judgment as it lands', async () => {
  const host = await startBrowserHost();
  const ada = await invite(host, 'Ada');
  const heard: string[] = [];
  const unlisten = host.app.team.listen(({ name, judged }) => heard.push(`${name} ${judged}`));
  for (let turn = 0; turn < 3; turn++) {
    const { items } = (await call(host, ada.cookie, 'labeling.queue', { count: 1 })).data as { items: LabelItem[] };
    const times = { shown: 1, firstKey: null, decided: 5000 };
    await call(host, ada.cookie, 'labeling.judge', {
      assignmentId: items[0]!.assignmentId,
      idempotencyKey: `live-key-${turn}`,
      ranking: [[0], [1]],
      times,
    });
  }
  unlisten();
  expect(heard).toEqual(['Ada 1', 'Ada 2', 'Ada 3']);
});

test('on the LAN, the link names an address that other machines reach, and it works there', async () => {
  const host = await startBrowserHost({ host: '0.0.0.0', allowLan: true });
  const origins = (await call(host, host.cookie, 'team.origins', undefined, 'query')).data as { origin: string; lan: boolean }[];
  expect(origins.at(-1)).toEqual({ origin: host.origin, lan: false });
  const { data } = await call(host, host.cookie, 'team.invite', { name: 'Ada' });
  for (const { origin } of origins) {
    const entered = await fetch(`${origin}/?invite=${(data as { token: string }).token}`, { redirect: 'manual' });
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
    const me = await fetch(`${origin}/rpc/project.me`, { headers: { cookie } });
    expect(await me.json()).toMatchObject({ result: { data: { name: 'Ada', role: 'annotator' } } });
  }
  // On loopback alone there is nothing to tell others.
  const alone = await startBrowserHost();
  expect((await call(alone, alone.cookie, 'team.origins', undefined, 'query')).data).toEqual([{ origin: alone.origin, lan: false }]);
});
