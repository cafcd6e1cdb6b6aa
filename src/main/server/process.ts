/**
 * The backend process that hosts start and, if it dies, start again:
 *   index.ts --socket PATH            for the desktop host (the bearer token in PLUMBLINE_TOKEN)
 *   index.ts --port N [--host H] [--allow-lan]   for browsers (the owner token in PLUMBLINE_TOKEN, else a new one)
 * Both take --project PATH. Prints one JSON line: {"listening": …} once it can be reached, or {"refused": SENTENCE} when it cannot work.
 * It goes when its host does (the end of its standard input) or on SIGTERM, leaving a running job resumable.
 */
import { fstatSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createApp } from '#backend/app.ts';
import type { App } from '#shared/api/app.ts';
import { PlainError } from '#shared/errors.ts';
import { hostKeeper } from './host-keeper.ts';
import { serveBrowser } from './listeners/browser.ts';
import type { Listener } from './listeners/listen.ts';
import { serveDesktop } from './listeners/socket.ts';

const { values } = parseArgs({
  options: {
    socket: { type: 'string' },
    port: { type: 'string' },
    host: { type: 'string' },
    'allow-lan': { type: 'boolean', default: false },
    project: { type: 'string' },
  },
});
const token = process.env.PLUMBLINE_TOKEN;
delete process.env.PLUMBLINE_TOKEN; // not for the engines that this process starts

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function listenFor(app: App): Promise<Listener & { at: object }> {
  if (values.socket !== undefined) {
    if (!token) throw new PlainError('forbidden', 'The desktop host gave no token (PLUMBLINE_TOKEN), so nobody could be let in.');
    return { ...(await serveDesktop(app, { socket: values.socket, token })), at: { socket: values.socket } };
  }
  const listener = await serveBrowser(app, {
    port: Number(values.port ?? 0),
    allowLan: values['allow-lan'],
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(token ? { token } : {}),
  });
  return { ...listener, at: { url: listener.url, port: listener.port } };
}

try {
  const app = createApp({ keeper: hostKeeper(), ...(values.project === undefined ? {} : { projectPath: values.project }) });
  const listener = await listenFor(app);
  let leaving = false;
  const leave = async () => {
    if (leaving) return;
    leaving = true;
    await listener.close();
    await app.close();
    process.exit(0);
  };
  process.on('SIGTERM', leave);
  process.on('SIGINT', leave);
  const input = fstatSync(0);
  if (input.isFIFO() || input.isSocket()) {
    process.stdin.on('end', leave);
    process.stdin.on('error', leave);
    process.stdin.resume();
  }
  say({ listening: listener.at });
} catch (error) {
  if (!(error instanceof PlainError)) throw error;
  process.stdout.write(`${JSON.stringify({ refused: error.message })}\n`, () => process.exit(1));
}
