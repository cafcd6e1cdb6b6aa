import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBare } from './devtools.ts';
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
    expect(seen).toEqual({
      node: [],
      bridge: ['host: string', 'platform: string', 'choosePath: function', 'onGo: function'],
      frozen: true,
    });
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
});

describe('the page', () => {
  let bare: Awaited<ReturnType<typeof launchBare>>;
  beforeAll(async () => {
    bare = await launchBare(display.display);
  });
  afterAll(() => bare?.close());

  it('opens no window', async () => {
    expect(await bare.evaluate("window.open('https://example.com/') === null")).toBe(true);
    expect(await bare.pages()).toHaveLength(1);
  });

  it('is granted no permission', async () => {
    expect(await bare.evaluate('Notification.requestPermission()')).toBe('denied');
    expect(await bare.evaluate("navigator.permissions.query({ name: 'geolocation' }).then(({ state }) => state)")).toBe('denied');
    expect(await bare.evaluate("navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'granted', ({ name }) => name)")).not.toBe(
      'granted',
    );
  });

  it('goes nowhere else', async () => {
    await bare.evaluate("location.href = 'https://example.com/'; 0");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await bare.pages()).toEqual(['app://plumbline/']);
  });
});
