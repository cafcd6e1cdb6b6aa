import { networkInterfaces } from 'node:os';
import type { App } from '#shared/api/app.ts';
import { PlainError } from '#shared/errors.ts';
import { createHandler } from '../handler.ts';
import { securityHeaders } from '../security-headers.ts';
import { cookieSessions, newToken } from '../sessions.ts';
import { isLoopback, whyRefused } from './guard.ts';
import { type Listener, listen } from './listen.ts';

export interface BrowserOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Other machines may reach it. */
  allowLan?: boolean;
  /** The owner token; default: a new random one. A host that starts its backend again passes the same, so that sessions go on. */
  token?: string;
  renderer?: string;
  uploadLimit?: number;
}

/** Wrong owner tokens a minute before every further one is refused unread. */
const attemptsPerMinute = 10;

/**
 * Serves the app to browsers. `url` carries the owner token: opening it once sets the session cookie.
 * @throws PlainError forbidden for an address that other machines reach, without `allowLan`; conflict when the port is taken
 */
export async function serveBrowser(app: App, options: BrowserOptions = {}): Promise<Listener & { url: string; port: number }> {
  const { host = '127.0.0.1', port = 0, allowLan = false, token = newToken() } = options;
  if (!isLoopback(host) && !allowLan) {
    throw new PlainError(
      'forbidden',
      `${host} lets other machines in, so it needs --allow-lan as well. What they send and see is not encrypted: for more than a network you trust, put a proxy with TLS in front (caddy reverse-proxy --from your.name --to 127.0.0.1:PORT) and leave --host out.`,
    );
  }
  // The port is known only once it listens; no request can arrive before.
  let handle: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 });
  const listener = await listen((request) => handle(request), { host, port });
  const bound = listener.port ?? port;
  const sessions = cookieSessions(app, token, bound);
  const attempts = createAttempts();
  const inner = createHandler({
    app,
    host: 'browser',
    authenticate: sessions.authenticate,
    origins: () => originsOf(host, bound, allowLan),
    ...(options.renderer === undefined ? {} : { renderer: options.renderer }),
    ...(options.uploadLimit === undefined ? {} : { uploadLimit: options.uploadLimit }),
  });
  handle = (request) => {
    const refused = whyRefused(request, { port: bound, lan: allowLan });
    if (refused !== null) return new Response(refused, { status: 403, headers: securityHeaders });
    const url = new URL(request.url);
    const invite = url.searchParams.get('invite');
    const given = url.searchParams.get('token') ?? invite;
    if (given === null || url.pathname.startsWith('/rpc') || url.pathname.startsWith('/files')) return inner(request);
    if (attempts.tooMany()) return new Response('Too many wrong links. Wait a minute.', { status: 429, headers: securityHeaders });
    const cookie = given === invite ? sessions.enterInvited(given) : sessions.enter(given);
    if (cookie === null) attempts.failed();
    for (const name of ['token', 'invite']) url.searchParams.delete(name);
    // The token must not stay in the address bar or the history.
    const headers = { ...securityHeaders, location: url.pathname + url.search, ...(cookie === null ? {} : { 'set-cookie': cookie }) };
    return new Response(null, { status: 303, headers });
  };
  const shown = host === '0.0.0.0' || host === '::' || isLoopback(host) ? '127.0.0.1' : host;
  return { url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${bound}/?token=${token}`, port: bound, close: listener.close };
}

/** Where browsers find this host, those on other machines first. */
function originsOf(host: string, port: number, lan: boolean): { origin: string; lan: boolean }[] {
  const written = (address: string) => `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
  const everywhere = host === '0.0.0.0' || host === '::';
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address !== undefined && !address.internal && address.family === 'IPv4')
    .map((address) => address!.address);
  const reachable = !lan || isLoopback(host) ? [] : everywhere ? others : [host];
  return [
    ...reachable.map((address) => ({ origin: written(address), lan: true })),
    { origin: written(everywhere || isLoopback(host) ? '127.0.0.1' : host), lan: false },
  ];
}

function createAttempts() {
  let failures: number[] = [];
  return {
    failed: () => void failures.push(Date.now()),
    tooMany(): boolean {
      failures = failures.filter((at) => Date.now() - at < 60_000);
      return failures.length >= attemptsPerMinute;
    },
  };
}
