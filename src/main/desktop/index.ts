import { app, dialog } from 'electron';
import { Backend } from './backend.ts';
import { setupDialogs } from './dialogs.ts';
import { setupHubToken } from './hub-token.ts';
import { setupMenu } from './menu.ts';
import { registerScheme, setupProtocol } from './protocol.ts';
import { setupQuit } from './quit.ts';
import { setupRunNotices } from './run-notices.ts';
import { hardenSession, hardenWebContents } from './security.ts';
import { openWindow, setupWindows } from './window.ts';

/** The desktop host, as a table of contents (DESIGN.md, Processes). It is thin: no native module, no business of the app's own. */
async function main(): Promise<void> {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // As root Chromium was started with --no-sandbox; enabling the sandbox then restarts its children without end.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  process.on('uncaughtException', sayDefect);
  registerScheme();
  hardenWebContents();

  await app.whenReady();
  const backend = new Backend(app.getPath('userData'));
  backend.start();
  hardenSession();
  setupProtocol(backend);
  setupMenu();
  setupDialogs();
  setupWindows();
  setupQuit(backend);
  setupRunNotices(backend);
  setupHubToken(backend);
  openWindow(backend);
}

/** Without a listener Electron shows a box that blocks this process until somebody closes it. */
function sayDefect(error: Error): void {
  console.error(error);
  if (app.isReady())
    void dialog.showMessageBox({ type: 'error', message: 'A defect in Plumbline’s window host', detail: error.stack ?? error.message });
}

main().catch((error: unknown) => {
  console.error(error);
  app.exit(1);
});
