import { createReadStream, existsSync, statSync } from 'node:fs';
import { extname, isAbsolute, join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The renderer as electron-vite builds it. */
export const builtRenderer = fileURLToPath(new URL('../../../out/renderer', import.meta.url));

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
};

/** A file of the built renderer; a path without an extension is a deep link and gets the page itself. */
export function page(folder: string, pathname: string): Response {
  const path = fileAt(folder, pathname);
  if (path === null) return new Response('Not found', { status: 404 });
  if (!existsSync(path)) {
    return extname(pathname) === ''
      ? new Response('The pages of Plumbline are not built yet. Run npm start, or npm run build.', { status: 503 })
      : new Response('Not found', { status: 404 });
  }
  // Vite puts a hash of the content into the names under assets/.
  const immutable = relative(folder, path).startsWith('assets');
  return new Response(Readable.toWeb(createReadStream(path)) as unknown as ReadableStream, {
    headers: {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-length': String(statSync(path).size),
      'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    },
  });
}

/** The file that a path names, or null when it would lie outside of the folder. */
function fileAt(folder: string, pathname: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (decoded.includes('\0')) return null;
  const path = extname(decoded) === '' ? join(folder, 'index.html') : resolve(folder, `.${decoded}`);
  const inside = relative(folder, path);
  return inside.startsWith('..') || isAbsolute(inside) ? null : path;
}
