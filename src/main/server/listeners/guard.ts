import { isIP } from 'node:net';
import { hostname } from 'node:os';

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/** True for an address that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Why a request is refused before anything else is looked at, or null. A page elsewhere can make a browser send requests here (cross-site), or make its own
 * name resolve to this machine (DNS rebinding); the Host and Origin headers tell, and pages cannot forge them.
 */
export function whyRefused(request: Request, options: { port: number; lan: boolean }): string | null {
  const asked = `http://${request.headers.get('host') ?? ''}`;
  if (!URL.canParse(asked)) return 'This request does not say whom it is for.';
  const { host: given, hostname: name } = new URL(asked);
  const known = loopbackNames.some((loopback) => given === `${loopback}:${options.port}` || (options.port === 80 && given === loopback));
  const address = name.replaceAll(/[[\]]/g, '');
  const lanName = options.lan && (isIP(address) !== 0 || address.toLowerCase() === hostname().toLowerCase());
  if (!known && !lanName) return `Plumbline does not answer to the name ${given}. Open it by the address that it printed.`;
  const origin = request.headers.get('origin');
  if (origin !== null && origin !== `http://${given}` && origin !== `https://${given}`)
    return 'A page from elsewhere asked for this, so it was refused.';
  const site = request.headers.get('sec-fetch-site');
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if (changes && origin === null && site !== null && site !== 'same-origin')
    return 'A page from elsewhere asked for this, so it was refused.';
  return null;
}
