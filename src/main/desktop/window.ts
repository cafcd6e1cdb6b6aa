import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, dialog, nativeTheme, type Rectangle, screen } from 'electron';
import type { Backend } from './backend.ts';
import { origin } from './protocol.ts';

interface WindowState {
  bounds: Rectangle;
  maximized: boolean;
}

const stateFile = () => join(app.getPath('userData'), 'window.json');

/** Opens the one window of the app as soon as there is a backend to fill it; says why there is none if it cannot work. */
export function openWindow(backend: Backend): void {
  backend.once('up', createWindow);
  backend.once('refused', (sentence) => {
    console.error(sentence);
    // Not showErrorBox: a box that blocks this process also blocks whoever wants to end it.
    void dialog.showMessageBox({ type: 'error', message: 'Plumbline cannot open', detail: sentence }).then(() => app.exit(1));
  });
}

function createWindow(): void {
  const state = readState();
  const window = new BrowserWindow({
    ...(state?.bounds ?? { width: 1440, height: 900 }),
    minWidth: 1024,
    minHeight: 640,
    show: false,
    // macOS takes it from the installed app.
    icon: join(app.getAppPath(), 'resources', 'icon.png'),
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#15171a' : '#ffffff',
    webPreferences: {
      preload: join(app.getAppPath(), 'out', 'preload', 'index.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  if (state?.maximized) window.maximize();
  // A page that navigates before its first paint is never "ready to show", so its load shows the window as well.
  const show = () => {
    if (window.isVisible()) return;
    window.show();
    layOut(window);
  };
  window.once('ready-to-show', show);
  window.webContents.once('did-finish-load', show);
  window.on('close', () => writeState({ bounds: window.getNormalBounds(), maximized: window.isMaximized() }));
  window.webContents.on('render-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return;
    console.error(`The window stopped working: ${details.reason}, exit code ${details.exitCode}.`);
    void dialog
      .showMessageBox(window, {
        type: 'error',
        message: 'The window stopped working.',
        detail: `${details.reason}. Nothing is lost: judgments and runs are kept by the backend, which goes on.`,
        buttons: ['Open it again', 'Quit'],
      })
      .then(({ response }) => (response === 0 ? window.loadURL(`${origin}/`) : app.quit()));
  });
  void window.loadURL(`${origin}/`);
}

/** On X11 a page now and then keeps the size 0 × 0 that it had while its window was hidden; a change of the window's size reaches it. */
function layOut(window: BrowserWindow): void {
  if (process.platform !== 'linux') return;
  const { width, height, ...place } = window.getBounds();
  window.setBounds({ ...place, width, height: height - 1 });
  setTimeout(() => window.isDestroyed() || window.setBounds({ ...place, width, height }), 100);
}

/** A second start brings the first window to the front. */
export function setupWindows(): void {
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
}

function readState(): WindowState | null {
  if (!existsSync(stateFile())) return null;
  try {
    const state = JSON.parse(readFileSync(stateFile(), 'utf8')) as WindowState;
    // A window that lay on a screen which is gone would open out of sight.
    const area = screen.getDisplayMatching(state.bounds).workArea;
    const visible =
      state.bounds.x < area.x + area.width && state.bounds.y < area.y + area.height && state.bounds.x + state.bounds.width > area.x;
    return visible ? state : null;
  } catch {
    return null;
  }
}

function writeState(state: WindowState): void {
  writeFileSync(`${stateFile()}.new`, JSON.stringify(state));
  renameSync(`${stateFile()}.new`, stateFile());
}
