import { existsSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { PlainError } from '#shared/errors.ts';

export type FetchHandler = (request: Request) => Response | Promise<Response>;
export interface Listener {
  /** Resolves once nobody is served any more. */
  close(): Promise<void>;
}

/** Serves `handler` at a path (unix socket or named pipe) or a host and port; resolves once it can be reached. */
export async function listen(
  handler: FetchHandler,
  at: { path: string } | { host: string; port: number },
): Promise<Listener & { port: number | null }> {
  // A socket file of a backend that was killed would refuse the next one.
  if ('path' in at && process.platform !== 'win32' && existsSync(at.path)) rmSync(at.path);
  const server = createAdaptorServer({ fetch: handler }) as Server;
  server.requestTimeout = 0; // an upload of a gigabyte may take its time
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(plainListenError(error, at)));
    server.listen(at, () => resolve());
  });
  const address = server.address() as AddressInfo | string | null;
  return {
    port: typeof address === 'object' && address !== null ? address.port : null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections(); // event streams never end by themselves
      }),
  };
}

function plainListenError(error: NodeJS.ErrnoException, at: { path: string } | { host: string; port: number }): Error {
  if (error.code === 'EADDRINUSE' && 'port' in at) {
    return new PlainError('conflict', `Port ${at.port} is taken by another program. Choose another with --port, or 0 for any.`, {
      cause: error,
    });
  }
  if ((error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') && 'host' in at) {
    return new PlainError('bad_input', `This machine has no address ${at.host}. Give --host one that it has, or leave it out.`, {
      cause: error,
    });
  }
  if (error.code === 'EACCES' && 'port' in at) {
    return new PlainError('forbidden', `Port ${at.port} needs more rights than you have. Choose one above 1023 with --port.`, {
      cause: error,
    });
  }
  return error;
}
