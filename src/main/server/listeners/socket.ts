import { chmodSync } from 'node:fs';
import type { App } from '#shared/api/app.ts';
import { createHandler } from '../handler.ts';
import { bearerSessions } from '../sessions.ts';
import { type Listener, listen } from './listen.ts';

/** Serves the desktop host alone: a unix socket (in a folder of mode 0700) or named pipe, every request with the bearer token. */
export async function serveDesktop(app: App, options: { socket: string; token: string; renderer?: string }): Promise<Listener> {
  const handler = createHandler({
    app,
    host: 'desktop',
    authenticate: bearerSessions(app, options.token),
    ...(options.renderer === undefined ? {} : { renderer: options.renderer }),
  });
  const listener = await listen(handler, { path: options.socket });
  if (process.platform !== 'win32') chmodSync(options.socket, 0o600);
  return listener;
}
