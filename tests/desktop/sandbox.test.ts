import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openDisplay, root } from './launch.ts';

const scratch = mkdtempSync(join(tmpdir(), 'plumbline-sandbox-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Chromium's sandbox cannot run as root, so root lends the test to an ordinary user that it makes. */
it('runs with the real sandbox on as an ordinary user', async ({ skip }) => {
  if (process.platform !== 'linux') skip('reads the sandbox from /proc');
  const asRoot = process.getuid?.() === 0;
  const user = 'plumbline-test';
  if (asRoot) {
    if (spawnSync('id', [user]).status !== 0 && spawnSync('useradd', ['--create-home', user]).status !== 0)
      skip('no ordinary user can be made here');
    if (spawnSync('su', [user, '-c', `test -r ${join(root, 'package.json')} && test -x ${process.execPath}`]).status !== 0)
      skip('this folder is closed to ordinary users');
  }
  const dist = asRoot ? reachable(dirname(process.env.PLUMBLINE_ELECTRON ?? '')) : dirname(process.env.PLUMBLINE_ELECTRON ?? '');
  const home = join(scratch, 'home');
  mkdirSync(home);
  if (asRoot) execFileSync('chown', ['-R', user, home]);
  execFileSync('chmod', ['755', scratch]);
  const display = await openDisplay();
  try {
    const script = join(import.meta.dirname, 'sandboxed.ts');
    const environment = {
      PATH: process.env.PATH ?? '',
      DISPLAY: display.display,
      HOME: home,
      PLUMBLINE_ELECTRON: join(dist, 'electron'),
      PLUMBLINE_DATA: join(home, 'data'),
    };
    const command = `${process.execPath} ${script}`;
    const { stdout, stderr, status } = asRoot
      ? spawnSync('su', [user, '-s', '/bin/sh', '-c', command], { env: environment, encoding: 'utf8', timeout: 240_000 })
      : spawnSync(process.execPath, [script], { env: environment, encoding: 'utf8', timeout: 240_000 });
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({ origin: 'app://plumbline', seccomp: '2', noSandbox: false });
  } finally {
    display.close();
  }
});

/** The Electron folder under a path that every user may walk; hard links where the file system allows them. */
function reachable(dist: string): string {
  const copy = join(scratch, 'electron');
  const place = (from: string, to: string) => {
    if (statSync(from).isDirectory()) {
      mkdirSync(to);
      for (const name of readdirSync(from)) place(join(from, name), join(to, name));
      return;
    }
    try {
      linkSync(from, to);
    } catch {
      cpSync(from, to);
    }
  };
  place(dist, copy);
  return copy;
}
