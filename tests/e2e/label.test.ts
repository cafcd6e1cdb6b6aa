import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { chromiumForTests } from '../support/browser.ts';
import { nextPair, openLabel, own, shown } from '../support/label-page.ts';

const browser = chromiumForTests();

const progress = (page: Page) => page.locator('header progress').getAttribute('value').then(Number);
/** The person's settings, as the store has them: what shows at once may still be on its way, and a page that is left takes it along. */
const storedSettings = (page: Page) => page.evaluate(async () => (await fetch('/rpc/project.settings')).text());
/** Presses a key and waits for the pair after it. */
const judge = async (page: Page, key: string) => {
  const before = await shown(page);
  await page.keyboard.press(key);
  await nextPair(page, before);
};

describe('Label in Chromium', () => {
  it('is judged to the end from the keyboard alone, from the first page', async () => {
    const { page } = await browser.open({ pairs: 6 });
    await page.getByRole('heading', { name: '6 pairs wait for your judgment' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.locator('[data-assignment]').getByText('This is the demo project').first().waitFor();
    for (const key of ['ArrowLeft', 'ArrowRight', 'Shift+ArrowLeft', '=', '0']) await judge(page, key);
    await page.keyboard.press('Shift+Digit2');
    await page.getByRole('heading', { name: 'You are done for now' }).waitFor();
    expect(await progress(page)).toBe(6);
    await page.keyboard.press('z');
    await page.locator('[data-assignment]').first().waitFor();
    expect(await progress(page)).toBe(5);
    await page.getByText('Judgment taken back: B much better').waitFor();
    await page.keyboard.press('Shift+Z');
    await page.getByRole('heading', { name: 'You are done for now' }).waitFor();
  });

  it('loses nothing when the backend is killed right after a key, and goes on by itself', async () => {
    const { page, backend, restart } = await browser.open({ pairs: 12 });
    await openLabel(page);
    for (let round = 1; round <= 4; round += 1) {
      const before = await shown(page);
      await backend().kill();
      await page.keyboard.press(round % 2 === 0 ? 'ArrowLeft' : 'ArrowRight');
      await page.getByText('Reconnecting, nothing is lost').waitFor();
      expect(await shown(page)).toBe(before);
      await restart();
      await nextPair(page, before);
      await page.getByText('Reconnecting, nothing is lost').waitFor({ state: 'detached' });
      expect(await progress(page)).toBe(round);
    }
    for (let round = 5; round <= 8; round += 1) {
      // The judgment is on disk once the next pair shows.
      await judge(page, 'ArrowLeft');
      await backend().kill();
      await restart();
      await page.reload();
      await page.locator('[data-assignment]').first().waitFor();
      expect(await progress(page)).toBe(round);
    }
  });

  it('sends what was pressed while the backend was away in its order, and each of it once', async () => {
    const { page, backend, restart } = await browser.open({ pairs: 12 });
    await openLabel(page);
    const first: (string | null)[] = [];
    for (let pair = 0; pair < 3; pair += 1) {
      first.push(await shown(page));
      await judge(page, 'ArrowLeft');
    }
    const fourth = await shown(page);
    await backend().kill();
    // Three answers to the same pair, of which the last one counts; then two steps back. One sent twice, lost or out of order ends elsewhere.
    for (const key of ['ArrowLeft', '=', 'Shift+ArrowRight', 'z', 'z']) await page.keyboard.press(key);
    await page.getByText('Reconnecting, nothing is lost').waitFor();
    expect(await shown(page)).toBe(fourth);
    await restart();
    await expect.poll(() => shown(page)).toBe(first[2]);
    await page.getByText('Judgment taken back: A better').waitFor();
    expect(await progress(page)).toBe(2);
    // Both again, as they were judged: the fourth pair with its last answer.
    await page.keyboard.press('Shift+Z');
    await expect.poll(() => shown(page)).toBe(fourth);
    expect(await progress(page)).toBe(3);
    await judge(page, 'Shift+Z');
    expect(await progress(page)).toBe(4);
    const rows = await own(page);
    expect(rows).toHaveLength(4);
    const [last] = rows;
    expect(last).toMatchObject({ assignmentId: fourth, judgment: { strength: 3 } });
    expect(last?.judgment.ranking?.[0]?.[0]).toBe(last?.shown[1]);
  });

  it('goes on where a connection comes and goes, and lands a judgment once whose answer was lost', async () => {
    const { page } = await browser.open({ pairs: 12 });
    await openLabel(page);
    for (let round = 1; round <= 4; round += 1) {
      const before = await shown(page);
      await page.context().setOffline(true);
      await page.keyboard.press(round % 2 === 0 ? 'ArrowLeft' : 'ArrowRight');
      await page.getByText('Reconnecting, nothing is lost').waitFor();
      expect(await shown(page)).toBe(before);
      await page.context().setOffline(false);
      await nextPair(page, before);
      expect(await progress(page)).toBe(round);
    }
    const unheard: string[] = [];
    await page.route(/labeling\.judge/, async (route) => {
      if (unheard.length === 2) return route.continue();
      unheard.push(route.request().postData() ?? '');
      await route.fetch();
      await route.abort('connectionreset');
    });
    await judge(page, '=');
    expect(unheard).toHaveLength(2);
    expect(unheard[1]).toBe(unheard[0]);
    expect(await progress(page)).toBe(5);
    expect(await own(page)).toHaveLength(5);
  });

  it('keeps what was pressed while the backend was away even if the page is closed before it is back', async () => {
    const { page, backend, restart, newPage } = await browser.open({ pairs: 6 });
    await openLabel(page);
    await backend().kill();
    await page.keyboard.press('ArrowRight');
    await page.getByText('Reconnecting, nothing is lost').waitFor();
    await page.close();
    await restart();
    const again = await newPage();
    await openLabel(again);
    await expect.poll(() => progress(again)).toBe(1);
  });

  it('skips with a reason, flags, and keeps a reason that is being written through a reload', async () => {
    const { page } = await browser.open({ pairs: 6 });
    await openLabel(page);
    const first = await shown(page);
    await page.keyboard.press('s');
    await page.getByRole('dialog', { name: 'Skip this pair' }).waitFor();
    await page.keyboard.press('2');
    await nextPair(page, first);
    expect(await progress(page)).toBe(1);

    await page.keyboard.press('f');
    await page.getByRole('dialog', { name: 'Flag for the lead' }).waitFor();
    await page.keyboard.type('Reads like an advertisement');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('button', { name: 'Flag' }).getAttribute('aria-pressed')).toBe('true');

    await page.keyboard.press('r');
    await page.getByLabel('Reason').fill('It names the room. 1 = 2, so d.');
    await page.reload();
    await page.locator('[data-assignment]').first().waitFor();
    await page.keyboard.press('r');
    expect(await page.getByLabel('Reason').inputValue()).toBe('It names the room. 1 = 2, so d.');
    await page.keyboard.press('Escape');
    await judge(page, 'ArrowLeft');
    const stored = await page.evaluate(() =>
      fetch(`/rpc/data.list?input=${encodeURIComponent(JSON.stringify({ table: 'judgments' }))}`).then((answer) => answer.json()),
    );
    expect(JSON.stringify(stored)).toContain('It names the room.');
  });

  it('marks words that only one side has, shows the guideline, and remembers the reading size', async () => {
    const { page } = await browser.open({ pairs: 6 });
    await openLabel(page);
    await page.keyboard.press('d');
    await page.locator('[data-response] mark:visible').first().waitFor();
    await page.keyboard.press('g');
    await page.getByRole('complementary', { name: 'Guideline' }).getByText('Prefer the reply that helps the guest.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Guideline' }).waitFor({ state: 'detached' });
    await page.keyboard.press('.');
    await page.keyboard.press('.');
    const size = () =>
      page
        .locator('[data-response="a"]:visible p')
        .first()
        .evaluate((text) => getComputedStyle(text).fontSize);
    await expect.poll(size).toBe('18px');
    await expect.poll(() => storedSettings(page)).toContain('"label.readingSize":18');
    await page.reload();
    await expect.poll(size).toBe('18px');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByText('Mark words that only one side has').waitFor();
    const before = await shown(page);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Escape');
    expect(await shown(page)).toBe(before);
  });

  it('takes keys of one’s own and keeps them', async () => {
    const { page } = await browser.open({ pairs: 6 });
    await page.goto('/settings');
    await page.getByRole('button', { name: 'A is better: change its key' }).click();
    await page.keyboard.press('d');
    await page.getByText('Taken: Mark words that only one side has').waitFor();
    await page.keyboard.press('v');
    await page.getByText('All as they were').waitFor();
    await expect.poll(() => storedSettings(page)).toContain('"label.betterA":"v"');
    await openLabel(page);
    await expect.poll(() => page.getByRole('button', { name: 'A better' }).textContent()).toMatch(/^v/);
    await judge(page, 'v');
    await judge(page, '1');
    expect(await progress(page)).toBe(2);
  });

  it('has the next pair drawn and laid out behind the one on screen, out of reach, and only shows it on a key', async () => {
    const { page } = await browser.open({ pairs: 12 });
    await openLabel(page);
    await page.evaluate(() => document.fonts.ready); // a font that arrives between two measurements changes heights
    for (let press = 0; press < 8; press += 1) {
      const before = await shown(page);
      await expect.poll(() => page.locator('[data-assignment] + [data-behind]').count()).toBe(1);
      await page.evaluate(() => {
        const behind = document.querySelector<HTMLElement>('[data-assignment] + [data-behind]')!;
        const text = behind.querySelector<HTMLElement>('[data-response="a"]')!;
        behind.dataset.marked = `${text.clientHeight} ${text.clientWidth}`;
      });
      // Neither the keyboard nor a screen reader finds it.
      expect(await page.getByRole('article', { name: 'Response A' }).count()).toBe(1);
      await page.keyboard.press(press % 2 === 0 ? 'ArrowLeft' : 'ArrowRight');
      await nextPair(page, before);
      const now = await page.evaluate(() => {
        const current = document.querySelector<HTMLElement>('[data-assignment]')!;
        const text = current.querySelector<HTMLElement>('[data-response="a"]')!;
        return { was: current.dataset.marked, is: `${text.clientHeight} ${text.clientWidth}` };
      });
      // The same element in the same place: nothing was drawn anew.
      expect(now.was).toBe(now.is);
    }
  });
});
