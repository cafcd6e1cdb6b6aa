import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { safeName } from '#server/files.ts';
import { contentSecurityPolicy } from '#server/security-headers.ts';
import { startBrowserHost } from '../support/host.ts';
import { temporaryFolder } from '../support/temporary.ts';

function renderer(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'built', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'built', 'index.html'), '<!doctype html><title>Plumbline</title>');
  writeFileSync(join(folder, 'built', 'assets', 'index-abc.js'), 'export {};');
  return join(folder, 'built');
}

test('deep links get the page, assets get their type and are kept, everything carries the security headers', async () => {
  const { origin, cookie } = await startBrowserHost({ renderer: renderer() });
  for (const path of ['/', '/label', '/train/run_123', '/compare/rep_1/vote?x=1']) {
    const response = await fetch(origin + path);
    expect(await response.text()).toContain('<title>Plumbline</title>');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  }
  const asset = await fetch(`${origin}/assets/index-abc.js`);
  expect(asset.headers.get('content-type')).toContain('text/javascript');
  expect(asset.headers.get('cache-control')).toContain('immutable');
  expect((await fetch(`${origin}/assets/other.js`)).status).toBe(404);
  for (const [path, headers] of [
    ['/', {}],
    ['/assets/other.js', {}],
    ['/rpc/project.me', { cookie }],
    ['/rpc/project.me', {}],
    ['/files/x', {}],
  ] as const) {
    const response = await fetch(origin + path, { headers: headers as Record<string, string> });
    expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  }
  expect(contentSecurityPolicy).toContain("script-src 'self';");
  expect(contentSecurityPolicy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/);
});

test.each(['/..%2fsecret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/..\\secret.txt', '/%00.txt', '/%zz.js'])(
  'no path leads out of the renderer: %s',
  async (path) => {
    const { origin } = await startBrowserHost({ renderer: renderer() });
    const response = await fetch(origin + path);
    expect(await response.text()).not.toContain('secret');
    expect(response.status).toBe(404);
  },
);

test('an upload lies whole under its own id and a harmless name', async () => {
  const { app, origin, cookie } = await startBrowserHost();
  const body = new Uint8Array(3_000_000).map((_, index) => index % 251);
  const response = await fetch(`${origin}/files/uploads?name=${encodeURIComponent('../../etc/pärs\n.jsonl')}`, {
    method: 'POST',
    body,
    headers: { cookie },
  });
  const { file, bytes } = (await response.json()) as { file: string; bytes: number };
  expect(bytes).toBe(body.length);
  const names = readdirSync(join(app.uploadsFolder(), file));
  expect(names).toEqual(['pärs_.jsonl']);
  expect(readFileSync(join(app.uploadsFolder(), file, names[0] ?? '')).equals(body)).toBe(true);
});

test('an upload over the limit is refused with a sentence, by its declared length or while it streams, and nothing stays', async () => {
  const { app, origin, cookie } = await startBrowserHost({ uploadLimit: 1_000_000 });
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(300_000));
    },
  });
  for (const body of [new Uint8Array(1_000_001), stream]) {
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, headers: { cookie }, duplex: 'half' };
    const response = await fetch(`${origin}/files/uploads?name=big.jsonl`, init);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'bad_input', message: expect.stringMatching(/big.jsonl is larger than 1 MB/) });
    expect(readdirSync(app.uploadsFolder())).toEqual([]);
  }
});

test('a call larger than any judgment is refused', async () => {
  const { origin, cookie } = await startBrowserHost();
  const response = await fetch(`${origin}/rpc/labeling.queue`, {
    method: 'POST',
    body: JSON.stringify({ junk: 'x'.repeat(5 * 2 ** 20) }),
    headers: { cookie, 'content-type': 'application/json' },
  });
  expect(response.status).toBe(413);
});

test('an export is a download, and its temporary file goes', async () => {
  const { app, origin, cookie } = await startBrowserHost();
  app.project.setSimulated({ on: true });
  const url = `${origin}/files/exports/preferences.jsonl?format=trl&ties=drop&split=all&includeSimulated=true`;
  const response = await fetch(url, { headers: { cookie } });
  expect(response.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''preferences.jsonl");
  const rows = (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(rows).toHaveLength(6);
  expect(Object.keys(rows[0] ?? {})).toEqual(expect.arrayContaining(['prompt', 'chosen', 'rejected']));
  await expect.poll(() => existsSync(app.uploadsFolder()) && readdirSync(app.uploadsFolder())).toEqual([]);
  const wrong = await fetch(`${origin}/files/exports/x.jsonl?format=parquet`, { headers: { cookie } });
  expect(await wrong.json()).toMatchObject({ code: 'bad_input' });
});

test.each([
  ['a.jsonl', 'a.jsonl'],
  ['C:\\Users\\ada\\pairs.csv', 'pairs.csv'],
  ['..', 'upload'],
  ['', 'upload'],
  ['a/', 'a'],
  ['x'.repeat(300), 'x'.repeat(120)],
])('a file named %j is kept as %j', (given, name) => {
  expect(safeName(given)).toBe(name);
});
