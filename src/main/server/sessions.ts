import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { App } from '#shared/api/app.ts';
import type { Role } from '#shared/domain.ts';

/** Who a request comes from. */
export interface Caller {
  personId: string;
  role: Role;
}
/** Null: nobody this project knows. */
export type Authenticate = (request: Request) => Caller | null;

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Equal without telling by the time taken where two texts differ. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** The desktop host's requests: each carries the bearer token that it alone gave its backend. */
export function bearerSessions(app: App, token: string): Authenticate {
  return (request) => {
    const given = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1];
    return given !== undefined && sameSecret(given, token) ? { personId: app.ownerId(), role: 'owner' } : null;
  };
}

/**
 * The browser host's requests: the printed URL's owner token, or the token of an invite, shown once, becomes a cookie. The owner's is derived from the
 * token, so that a backend that its host starts again with the same token goes on with the same sessions; an invite's is the hash of its token, of which the
 * store keeps the hash. Nothing secret is stored.
 */
export function cookieSessions(app: App, token: string, port: number) {
  // Cookies do not know ports; the name keeps two copies of the app on one machine apart.
  const name = `plumbline_${port}`;
  const value = createHmac('sha256', token).update('owner session').digest('base64url');
  const setCookie = (secret: string) => `${name}=${secret}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000`;
  const authenticate: Authenticate = (request) => {
    const given = cookie(request, name);
    if (given === null) return null;
    return sameSecret(given, value) ? { personId: app.ownerId(), role: 'owner' } : app.team.invited(given);
  };
  return {
    authenticate,
    /** The Set-Cookie header for whoever shows the owner token, or null. */
    enter: (given: string) => (sameSecret(given, token) ? setCookie(value) : null),
    /** The same for the token of an invite that holds. */
    enterInvited(given: string): string | null {
      const secret = createHash('sha256').update(given).digest('base64url');
      return app.team.invited(secret) ? setCookie(secret) : null;
    },
  };
}

function cookie(request: Request, name: string): string | null {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined) return value;
  }
  return null;
}
