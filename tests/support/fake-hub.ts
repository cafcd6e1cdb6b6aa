import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { onTestFinished } from 'vitest';

export interface FakeHub {
  url: string;
  /** `GET /…` of every request, with its range and the last letters of its token. */
  requests: string[];
  /** Answers break off after so many bytes; null: they do not. */
  breakAfter: number | null;
  /** Bytes that are sent in place of the file's own, of the same length. */
  lies: Map<string, Buffer>;
}

/** What the Hugging Face Hub answers for one model, `tester/tiny`, from a folder; files over 10 kB are kept as LFS. Ends with the test. */
export async function startFakeHub(folder: string): Promise<FakeHub> {
  const hub: FakeHub = { url: '', requests: [], breakAfter: null, lies: new Map() };
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const contents = new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
  const sha = (algorithm: string, ...parts: (string | Buffer)[]) => {
    const hash = createHash(algorithm);
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  };
  const listing = [...contents].map(([path, bytes]) => ({
    ...{ type: 'file', path, size: bytes.length, oid: sha('sha1', `blob ${bytes.length}\0`, bytes) },
    ...(bytes.length > 10_000 ? { lfs: { oid: sha('sha256', bytes), size: bytes.length, pointerSize: 130 } } : {}),
  }));
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '', 'http://hub').pathname);
    hub.requests.push(`${request.method} ${path} ${request.headers.range ?? ''}${request.headers.authorization ? ' signed in' : ''}`);
    if (path.startsWith('/api/models/tester/tiny/tree/main')) {
      const recursive = new URL(request.url ?? '', 'http://hub').searchParams.get('recursive') === 'true';
      const listed = listing.filter(({ path }) => recursive || !path.includes('/'));
      response.setHeader('content-type', 'application/json').end(JSON.stringify(listed));
      return;
    }
    const name = path.startsWith('/tester/tiny/resolve/main/') ? path.slice('/tester/tiny/resolve/main/'.length) : '';
    const bytes = hub.lies.get(name) ?? contents.get(name);
    if (!bytes) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
      return;
    }
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const start = Number(from ?? 0);
    const end = to ? Math.min(Number(to), bytes.length - 1) : bytes.length - 1;
    response.writeHead(from === undefined ? 200 : 206, {
      'content-length': end - start + 1,
      'content-range': `bytes ${start}-${end}/${bytes.length}`,
      'accept-ranges': 'bytes',
      etag: `"${sha('sha1', bytes)}"`,
    });
    const part = bytes.subarray(start, end + 1);
    if (hub.breakAfter !== null && part.length > hub.breakAfter)
      response.write(part.subarray(0, hub.breakAfter), () => response.socket?.end());
    else response.end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return hub;
}
