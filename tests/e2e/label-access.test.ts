import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../support/accessible.ts';
import { chromiumForTests } from '../support/browser.ts';

const browser = chromiumForTests();

/** Every screen that a new demo project has, by what is on it when it is there. Those of a run, a report and a person are looked at in their own tests. */
const screens: [path: string, ready: string][] = [
  ['/', 'role=heading[name=/6 pairs wait/]'],
  ['/label', '[data-assignment]'],
  ['/label/guideline', 'role=heading[name=/is in force/]'],
  ['/data', 'role=table'],
  ['/data/comparisons', 'role=table'],
  ['/data/export', 'role=heading'],
  ['/train', 'role=heading'],
  ['/train/new?method=reward', 'role=heading'],
  ['/train/new?method=ppo', 'role=heading'],
  ['/compare', 'role=heading'],
  ['/compare/new', 'role=heading'],
  ['/models', 'role=heading'],
  ['/models/import', 'role=heading'],
  ['/team', 'role=heading'],
  ['/team/people', 'role=heading'],
  ['/team/pairs', 'role=heading'],
  ['/team/decided', 'role=heading'],
  ['/settings', 'text=This machine'],
];

describe('every screen', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    it(`can be used without sight and without color vision, in the ${colorScheme} scheme`, async () => {
      const { page } = await browser.open({ pairs: 6 });
      await page.emulateMedia({ colorScheme });
      for (const [path, ready] of screens) {
        await page.goto(path);
        await page.locator(ready).first().waitFor();
        await page
          .getByRole('status', { name: /^(Reading|Looking)/ })
          .first()
          .waitFor({ state: 'detached' });
        expect(await accessibilityFaults(page), path).toEqual([]);
      }
      await page.goto('/label');
      await page.locator('[data-assignment]').first().waitFor();
      await page.keyboard.press('d');
      await page.keyboard.press('g');
      await page.locator('mark:visible').first().waitFor();
      expect(await accessibilityFaults(page), 'Label with differences and guideline').toEqual([]);
      await page.keyboard.press('s');
      await page.getByRole('dialog').waitFor();
      expect(await accessibilityFaults(page), 'Label, skipping').toEqual([]);
    });
  }

  it('lets the Tab key reach every answer, and says what it is', async () => {
    const { page } = await browser.open({ pairs: 6 });
    await page.goto('/label');
    await page.locator('[data-assignment]').first().waitFor();
    const reached = new Set<string>();
    for (let press = 0; press < 30; press += 1) {
      await page.keyboard.press('Tab');
      const words = await page.evaluate(() => document.activeElement?.textContent ?? '');
      reached.add(words.replace(/^[^A-Z]*(?=[A-Z])/, ''));
    }
    for (const answer of ['A much better', 'A better', 'Tie', 'B better', 'B much better', 'Both bad']) {
      expect(
        [...reached].some((words) => words.includes(answer)),
        answer,
      ).toBe(true);
    }
  });

  it('moves between places by g and a letter, finds by Ctrl K, and keeps an address for each place', async () => {
    const { page } = await browser.open({ pairs: 6 });
    await page.getByRole('heading', { name: '6 pairs wait' }).waitFor();
    for (const [letter, path] of [
      ['s', '/settings'],
      ['m', '/models'],
      ['d', '/data'],
      ['t', '/train'],
      ['c', '/compare'],
      ['p', '/'],
    ] as const) {
      await page.keyboard.press('g');
      await page.keyboard.press(letter);
      await expect.poll(() => new URL(page.url()).pathname).toBe(path);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('textbox', { name: 'Find' }).fill('settings');
    await page.keyboard.press('Enter');
    await expect.poll(() => new URL(page.url()).pathname).toBe('/settings');
    await page.reload();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.goto('/nowhere/at/all');
    await page.getByRole('heading', { name: 'Nothing is at this address' }).waitFor();
  });

  it('switches the simulated judgments in and out again, and calls them simulated', async () => {
    const { page } = await browser.open({ pairs: 6, simulated: 8 });
    const state = page.getByRole('listitem').filter({ hasText: 'Judgments' });
    await page.getByRole('switch', { name: 'Use 8 simulated judgments' }).click();
    await state.getByText('8 simulated').waitFor();
    expect(await state.getByText('judgments by people').isVisible()).toBe(true);
    await page.getByRole('switch', { name: 'Use 8 simulated judgments' }).click();
    await state.getByText('8 simulated').waitFor({ state: 'detached' });
  });

  it('tells whoever opens it without the printed link what to do', async () => {
    const { page, origin } = await browser.open({ pairs: 2 });
    await page.context().clearCookies();
    await page.goto(origin);
    await page.getByRole('heading', { name: 'This window is not signed in' }).waitFor();
  });
});
