import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Desktop, launch, openDisplay } from './launch.ts';

const token = 'hf_thisIsNoTokenOfAnybody1234';

/** Only on Linux can a keyring be missing; this switch makes it miss on a desktop that has one too. */
describe.skipIf(process.platform !== 'linux')('the token for the Hub, on a desktop without keyring', () => {
  let display: Awaited<ReturnType<typeof openDisplay>>;
  let desktop: Desktop;
  beforeAll(async () => {
    display = await openDisplay();
    desktop = await launch(display.display, undefined, ['--password-store=basic']);
  });
  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => console.error(desktop.said()));
  });
  afterAll(async () => {
    await desktop?.close();
    display?.close();
  });

  it('is not kept, and Settings says why and what to do instead', async () => {
    const { page, dataFolder } = desktop;
    await page.goto('app://plumbline/settings');
    await page.getByText(/This desktop has no keyring in which a token would be safe, so none is kept\..* set HF_TOKEN/).waitFor();
    expect(await page.getByRole('textbox', { name: 'Token' }).count()).toBe(0);

    const refused = await page.evaluate(async (given) => {
      const response = await fetch('/rpc/system.keepHubToken', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: given }),
      });
      return { status: response.status, text: await response.text() };
    }, token);
    expect(refused).toMatchObject({ status: 409, text: expect.stringContaining('no keyring in which a token would be safe') });
    expect(refused.text).not.toContain(token);
    expect(existsSync(join(dataFolder, 'hub-token'))).toBe(false);
  });
});
