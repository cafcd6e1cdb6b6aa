/** Run by sandbox.test.ts as an ordinary user: starts the app with Chromium's sandbox on and prints what its page and its renderer process say. */
import { readFileSync } from 'node:fs';
import { launch } from './launch.ts';

const { app, page, close } = await launch(process.env.DISPLAY ?? '', process.env.PLUMBLINE_DATA);
const seen = await app.evaluate(({ app: electron, BrowserWindow }) => ({
  pid: BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
  noSandbox: electron.commandLine.hasSwitch('no-sandbox'),
}));
// Seccomp 2: the renderer's system calls are filtered, which only Chromium's sandbox does.
const seccomp = /^Seccomp:\s*(\d)/m.exec(readFileSync(`/proc/${seen.pid}/status`, 'utf8'))?.[1];
const origin = await page.evaluate(() => location.origin);
await close();
console.log(JSON.stringify({ origin, seccomp, noSandbox: seen.noSandbox }));
