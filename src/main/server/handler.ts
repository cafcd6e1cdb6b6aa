import { TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { App } from '#shared/api/app.ts';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { receiveUpload, sendExport } from './files.ts';
import { builtRenderer, page } from './pages.ts';
import { appRouter } from './router.ts';
import { securityHeaders } from './security-headers.ts';
import type { Authenticate, Caller } from './sessions.ts';
import { statusOf } from './status.ts';
import type { Context } from './trpc.ts';

export interface HandlerOptions {
  app: App;
  host: Context['host'];
  authenticate: Authenticate;
  /** Where browsers find this host. Default: nowhere (a window of its own). */
  origins?: Context['origins'];
  /** Default: out/renderer. */
  renderer?: string;
  /** Largest upload in bytes. */
  uploadLimit?: number;
}

/** Largest procedure call in bytes; everything larger goes as a file. */
const rpcLimit = 4 * 2 ** 20;

const signedOut = 'You are signed out. Open the link that Plumbline printed when it started, or ask whoever invited you for a new one.';

/** The app as one function: procedures under /rpc, files under /files, and every other path is the built renderer. Hosts differ only in who may call. */
export function createHandler(options: HandlerOptions): (request: Request) => Response | Promise<Response> {
  const { app, authenticate, host } = options;
  const hono = new Hono<{ Variables: { caller: Caller } }>();

  hono.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) context.res.headers.set(name, value);
  });

  hono.use('/rpc/*', bodyLimit({ maxSize: rpcLimit, onError: () => refusal(413, 'bad_input', 'This is too much for one call.') }));
  hono.all('/rpc/*', (context) => {
    const caller = authenticate(context.req.raw);
    // Before tRPC, so that a subscription is refused with a status too; one such error answers for a whole batch.
    if (!caller)
      return Response.json({ error: { message: signedOut, code: -32001, data: { code: 'UNAUTHORIZED', plain: null } } }, { status: 401 });
    return fetchRequestHandler({
      endpoint: '/rpc',
      req: context.req.raw,
      router: appRouter,
      createContext: (): Context => ({ app, host, origins: options.origins ?? (() => []), ...caller }),
      responseMeta: () => ({ headers: { 'cache-control': 'no-store' } }),
      onError: ({ error, path }) => report(error, path ?? 'rpc'),
    });
  });

  hono.use('/files/*', async (context, next) => {
    const caller = authenticate(context.req.raw);
    if (!caller) return refusal(401, 'forbidden', signedOut);
    if (caller.role === 'annotator') return refusal(403, 'forbidden', 'Only the lead of this project moves files in and out of it.');
    context.set('caller', caller);
    return next();
  });
  hono.post('/files/uploads', async (context) => context.json(await receiveUpload(app, context.req.raw, options.uploadLimit)));
  hono.get('/files/exports/:name', (context) => sendExport(app, new URL(context.req.url)));
  hono.all('/files/*', () => refusal(404, 'not_found', 'There is no such file.'));

  hono.get('*', (context) => page(options.renderer ?? builtRenderer, new URL(context.req.url).pathname));

  hono.onError((error) => {
    report(error, 'files');
    const code = error instanceof PlainError ? error.code : null;
    return refusal(statusOf(code), code, sentenceOf(error));
  });
  return (request) => hono.fetch(request);
}

/** A refusal outside of /rpc: `{message, code}`. */
function refusal(status: number, code: string | null, message: string): Response {
  return Response.json({ message, code }, { status });
}

/** Defects go to the log (standard error); sentences for people do not, they are on the screen. */
function report(error: Error, where: string): void {
  const cause = error.cause ?? error;
  if (error instanceof PlainError || cause instanceof PlainError || (error instanceof TRPCError && error.code !== 'INTERNAL_SERVER_ERROR'))
    return;
  console.error(`${new Date().toISOString()} ${where}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
}
