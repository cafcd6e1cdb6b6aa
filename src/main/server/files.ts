import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import type { App } from '#shared/api/app.ts';
import { exportInput } from '#shared/api/data.ts';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';

/** A file of a gigabyte must come in; more is no file of preferences. */
export const uploadLimit = 2 * 2 ** 30;
/** Uploads that nobody imported are forgotten after a day. */
const keptFor = 24 * 3_600_000;

/**
 * POST /files/uploads?name=FILE with the file as the body: streamed to `uploads/ID/NAME`, whole under its name or not there. Answers `{file: ID, bytes}`.
 * @throws PlainError bad_input when it is too large, no_space
 */
export async function receiveUpload(app: App, request: Request, limit = uploadLimit): Promise<{ file: string; bytes: number }> {
  const id = newId('upl');
  const folder = join(app.uploadsFolder(), id);
  const name = safeName(new URL(request.url).searchParams.get('name') ?? '');
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge(name, limit);
  forgetOld(app.uploadsFolder());
  mkdirSync(folder, { recursive: true });
  const partial = join(app.uploadsFolder(), `${id}.partial`);
  try {
    const bytes = await store(request.body, partial, limit, name);
    renameSync(partial, join(folder, name));
    return { file: id, bytes };
  } catch (error) {
    rmSync(partial, { force: true });
    rmSync(folder, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new PlainError('no_space', `The disk is full, so ${name} was not taken in. Free some space and choose it again.`, {
      cause: error,
    });
  }
}

async function store(body: ReadableStream<Uint8Array> | null, path: string, limit: number, name: string): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  try {
    let bytes = 0;
    if (body) {
      for await (const chunk of body) {
        bytes += chunk.byteLength;
        if (bytes > limit) throw tooLarge(name, limit);
        await file.writeFile(chunk); // all of it or an error, where write may write a part
      }
    }
    await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}

function tooLarge(name: string, limit: number): PlainError {
  return new PlainError('bad_input', `${name} is larger than ${Math.round(limit / 2 ** 20)} MB. Split it into several files.`);
}

/** The last part of a path, without what a file system or a terminal would stumble over. */
export function safeName(given: string): string {
  const name = basename(given.replaceAll('\\', '/'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
    .replaceAll(/[\u0000-\u001f\u007f<>:"|?*]/g, '_')
    .slice(-120);
  return name === '' || name === '.' || name === '..' ? 'upload' : name;
}

function forgetOld(uploads: string): void {
  for (const entry of readdirSync(uploads)) {
    const path = join(uploads, entry);
    if (existsSync(path) && Date.now() - statSync(path).mtimeMs > keptFor) rmSync(path, { recursive: true, force: true });
  }
}

/** GET /files/exports/NAME?format=…&ties=…&split=…&includeSimulated=…: the export as a download, written whole first and forgotten once sent. */
export function sendExport(app: App, url: URL): Response {
  const query = Object.fromEntries(url.searchParams);
  const parsed = exportInput.safeParse({ ...query, includeSimulated: query.includeSimulated === 'true' });
  if (!parsed.success) throw new PlainError('bad_input', 'This export is not one that Plumbline writes. Choose it again on the Data page.');
  const name = safeName(decodeURIComponent(url.pathname.split('/').at(-1) ?? ''));
  const folder = join(app.uploadsFolder(), newId('exp'));
  mkdirSync(folder, { recursive: true });
  try {
    const { path } = app.data.export(join(folder, name), parsed.data);
    const stream = createReadStream(path);
    stream.once('close', () => rmSync(folder, { recursive: true, force: true }));
    return new Response(Readable.toWeb(stream) as unknown as ReadableStream, {
      headers: {
        'content-type': 'application/x-ndjson',
        'content-length': String(statSync(path).size),
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
        'cache-control': 'no-store',
      },
    });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
