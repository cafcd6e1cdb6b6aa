import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { protocol } from 'electron';
import type { Backend } from './backend.ts';

export const origin = 'app://plumbline';

/** Headers that belong to one hop or that the host sets itself. */
const dropped = new Set(['host', 'connection', 'authorization', 'cookie', 'content-length']);

/** Must run before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } },
  ]);
}

/** Every request of the window, page or procedure, goes to the backend's fetch handler; bodies are streamed both ways. */
export function setupProtocol(backend: Backend): void {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    if (url.host !== 'plumbline') return new Response(null, { status: 404 });
    const headers: Record<string, string> = {};
    request.headers.forEach((value, name) => {
      if (!dropped.has(name)) headers[name] = value;
    });
    try {
      const response = await backend.send({
        method: request.method,
        path: url.pathname + url.search,
        headers,
        body: request.body ? Readable.fromWeb(request.body as NodeReadableStream) : null,
      });
      const status = response.statusCode ?? 502;
      const body = status === 204 || status === 304 ? null : bodyOf(response);
      return new Response(body, { status, headers: flatten(response.headers) });
    } catch {
      return new Response('The backend is starting again.', { status: 503, headers: { 'retry-after': '1' } });
    }
  });
}

/**
 * The body of an answer as it comes, at the pace of its reader. Not Readable.toWeb: in the Node of older Electrons it throws outside of any call
 * when a backend is killed in the middle of an answer that the page no longer reads, and Electron meets that with a modal box.
 */
function bodyOf(response: IncomingMessage): ReadableStream<Uint8Array> {
  let open = true;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const end = (finish: () => void) => {
        if (!open) return;
        open = false;
        finish();
      };
      response.on('data', (chunk: Buffer) => {
        if (!open) return;
        controller.enqueue(chunk);
        if ((controller.desiredSize ?? 0) <= 0) response.pause();
      });
      response.once('end', () => end(() => controller.close()));
      response.on('error', (error) => end(() => controller.error(error)));
      response.once('close', () => end(() => controller.error(new Error('The backend ended in the middle of its answer.'))));
    },
    pull: () => void response.resume(),
    cancel() {
      open = false;
      response.destroy();
    },
  });
}

function flatten(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && name !== 'transfer-encoding' && name !== 'connection')
      flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
