import { hostBrowser } from '#server/browser-host.ts';
import { type Command, UsageError } from '../command.ts';
import { number, text } from '../values.ts';

export const serve: Command = {
  words: ['serve'],
  summary: 'Serves the app to browsers, on this machine alone unless told otherwise. Ctrl-C ends it.',
  usage: '[--project P] [--host H] [--port N] [--allow-lan]',
  example: 'serve --project front-desk.plumbline --port 8600',
  positionals: [],
  options: {
    project: { type: 'string', short: 'p' },
    host: { type: 'string' },
    port: { type: 'string' },
    'allow-lan': { type: 'boolean' },
  },
  optionHelp: {
    project: 'the project to open; by default the one opened last, else the demo',
    host: 'address to listen on, 127.0.0.1 by default; any other needs --allow-lan',
    port: 'any free one by default',
    'allow-lan': 'let other machines in; not encrypted: beyond a trusted network put a proxy with TLS in front',
  },
  async run({ values, signal }) {
    const port = number(values, 'port', { whole: true }) ?? 0;
    if (port < 0 || port > 65_535) throw new UsageError('--port is between 0 and 65535.');
    const host = text(values, 'host');
    const project = text(values, 'project');
    const server = await hostBrowser({
      port,
      allowLan: values['allow-lan'] === true,
      ...(host === undefined ? {} : { host }),
      ...(project === undefined ? {} : { project }),
    });
    const interrupted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return {
      json: { url: server.url },
      text: `Plumbline is at ${server.url}`,
      until: Promise.race([interrupted.then(() => server.close()), server.ended]),
    };
  },
};
