import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desktop, launch, openDisplay } from './launch.ts';

let display: Awaited<ReturnType<typeof openDisplay>>;
let desktop: Desktop;

beforeAll(async () => {
  display = await openDisplay();
  desktop = await launch(display.display);
});
afterAll(async () => {
  await desktop?.close();
  display?.close();
});

/** The security settings of spec/desktop.md, read from the running window. */
describe('the window', () => {
  it('is isolated, sandboxed and without Node', async () => {
    const preferences = await desktop.app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      // Not in Electron's types: what the window was really made with.
      const contents = window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
    });
  });

  it('shows the page nothing but one frozen object', async () => {
    const seen = await desktop.page.evaluate(() => {
      const global = globalThis as unknown as Record<string, unknown>;
      const bridge = global.plumbline as Record<string, unknown>;
      return {
        node: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in global),
        bridge: Object.entries(bridge).map(([name, value]) => `${name}: ${typeof value}`),
        frozen: Object.isFrozen(bridge),
      };
    });
    expect(seen).toEqual({ node: [], bridge: ['host: string', 'platform: string'], frozen: true });
  });

  it('has its own origin and a content security policy without inline script', async () => {
    expect(await desktop.page.evaluate(() => location.origin)).toBe('app://plumbline');
    const policy = await desktop.page.evaluate(async () => (await fetch('/')).headers.get('content-security-policy'));
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    const ran = await desktop.page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.inlineRan = true';
      document.head.append(script);
      return 'inlineRan' in globalThis;
    });
    expect(ran).toBe(false);
  });

  it('reaches nothing remote', async () => {
    const refused = await desktop.page.evaluate(() =>
      fetch('https://example.com/').then(
        () => false,
        () => true,
      ),
    );
    expect(refused).toBe(true);
    const elsewhere = await desktop.page.evaluate(() =>
      fetch('app://elsewhere/').then(
        (response) => response.status,
        () => 0,
      ),
    );
    expect([0, 404]).toContain(elsewhere);
  });

  it('goes nowhere else and opens nothing', async () => {
    // Through the main process: Playwright would wait for the navigation that is refused.
    const after = await desktop.app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      await contents?.executeJavaScript("location.href = 'https://example.com/'; 0");
      const opened: unknown = await contents?.executeJavaScript("window.open('https://example.com/') === null");
      await new Promise((resolve) => setTimeout(resolve, 500));
      return { url: contents?.getURL(), opened, windows: BrowserWindow.getAllWindows().length };
    });
    expect(after).toEqual({ url: 'app://plumbline/', opened: true, windows: 1 });
  });

  it('grants no permission', async () => {
    const state = await desktop.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
        "Promise.all([Notification.requestPermission(), navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state)])",
      ),
    );
    expect(state).toEqual(['denied', 'denied']);
  });
});
