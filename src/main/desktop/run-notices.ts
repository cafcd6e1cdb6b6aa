import { BrowserWindow, Notification } from 'electron';
import type { Backend } from './backend.ts';
import { origin } from './protocol.ts';
import { newsOf, progressOf, type RunNews, type SeenRun } from './run-news.ts';

/** Milliseconds between two looks at the runs, however fast their steps are. */
const pause = 1000;

/** Shows on the dock or taskbar how far the run is that trains, and has the system say that one has ended while nobody looks at the window. */
export function setupRunNotices(backend: Backend): void {
  // Until it is clicked or closed: a notification that is collected no longer hears a click.
  const shown = new Set<Notification>();
  let seen: SeenRun[] = [];
  let waiting = false;

  const look = async () => {
    const runs = await backend.query<SeenRun[]>('runs.list').catch(() => null); // a backend that is down is looked at when it is up
    if (!runs) return;
    showProgress(progressOf(runs));
    if (BrowserWindow.getFocusedWindow() === null) for (const news of newsOf(seen, runs)) say(news, shown);
    seen = runs;
  };
  const lookSoon = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      void look();
    }, pause);
  };
  const follow = async () => {
    void look();
    const events = await backend
      .send({ method: 'GET', path: '/rpc/runs.events', headers: { accept: 'text/event-stream' }, body: null })
      .catch(() => null);
    // What is said does not matter here: that something is said is the reason to look. It ends with its backend; the next one is followed anew.
    events?.on('data', lookSoon).on('error', () => {});
  };
  backend.on('up', () => void follow());
  backend.on('down', () => showProgress(-1));
}

function showProgress(share: number): void {
  for (const window of BrowserWindow.getAllWindows()) window.setProgressBar(share);
}

function say({ run, title, body }: RunNews, shown: Set<Notification>): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body });
  shown.add(notification);
  notification.on('close', () => shown.delete(notification));
  notification.on('click', () => {
    shown.delete(notification);
    const [window] = BrowserWindow.getAllWindows();
    if (!window) return;
    if (window.isMinimized()) window.restore();
    window.focus();
    void window.loadURL(`${origin}/train/${run}`);
  });
  notification.show();
}
