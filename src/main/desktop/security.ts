import { app, session, shell } from 'electron';
import { origin } from './protocol.ts';

/** Hosts that a link may open in the person's browser. */
const allowedHosts = new Set(['github.com', 'huggingface.co', 'arxiv.org']);

/** No permission, whatever asks (spec/desktop.md). */
export function hardenSession(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, respond) => respond(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  session.defaultSession.setDevicePermissionHandler(() => false);
}

/** No navigation away, no new window, no webview; links open outside, and only on an allow-list. */
export function hardenWebContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('will-navigate', (event, url) => {
      if (!url.startsWith(`${origin}/`)) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!event.url.startsWith(`${origin}/`)) event.preventDefault();
    });
    contents.setWindowOpenHandler(({ url }) => {
      openOutside(url);
      return { action: 'deny' };
    });
  });
}

function openOutside(address: string): void {
  const url = parse(address);
  if (url?.protocol === 'https:' && allowedHosts.has(url.host)) void shell.openExternal(url.href);
}

/** Not URL.canParse, which the Node of older Electrons lacks: a handler that throws would leave the page's window.open waiting for ever. */
function parse(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
