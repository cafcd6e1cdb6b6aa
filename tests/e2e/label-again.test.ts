import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { MineRow } from '#shared/api/labeling.ts';
import { chromiumForTests, patience } from '../support/browser.ts';
import { call } from '../support/rpc.ts';

const browser = chromiumForTests();

const shown = (page: Page) => page.evaluate(() => document.querySelector<HTMLElement>('[data-assignment]')?.dataset.assignment ?? null);
const pairAfter = async (page: Page, before: string | null) => {
  await expect.poll(() => shown(page), { interval: 10 }).not.toBeOneOf([before, null]);
};
const openLabel = async (page: Page) => {
  await page.goto('/label');
  await page.locator('[data-assignment]').first().waitFor();
};
const own = async (page: Page) => (await call<{ rows: MineRow[] }>(page, 'labeling.mine', { limit: 100 }, 'query')).rows;
const supersede = (page: Page, aspects: string[], minimumReason: number) =>
  call(page, 'project.saveGuideline', { markdown: 'Prefer what is **true**.', asks: { aspects, minimumReason } });

describe('what was said of a pair', () => {
  it('comes back whole when it is taken back, after a reload too, and is kept when the pair is judged again', async () => {
    const { page } = await browser.open({ pairs: 4 });
    await supersede(page, ['helpful'], 5);
    await openLabel(page);
    const first = await shown(page);
    await page.keyboard.press('f');
    await page.getByRole('dialog', { name: 'Flag for the lead' }).waitFor();
    await page.keyboard.press('2');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByText('helpful, A').waitFor();
    for (const digit of ['4', '2']) await page.keyboard.press(digit);
    await page.getByRole('textbox', { name: 'Reason' }).waitFor();
    await page.keyboard.type('It names the room.');
    await page.keyboard.press('Control+Enter');
    await pairAfter(page, first);
    const [judged] = await own(page);
    expect(judged?.judgment).toMatchObject({ flagged: 'Names a private person', rationale: 'It names the room.', strength: 3 });

    await page.reload();
    await page.locator('[data-assignment]').first().waitFor();
    await page.keyboard.press('z');
    await page.getByText('Judgment taken back: B much better').waitFor();
    expect(await shown(page)).toBe(first);
    for (const name of ['Flag', 'Ratings', 'Reason'])
      await expect.poll(() => page.getByRole('button', { name }).getAttribute('aria-pressed'), { message: name }).toBe('true');
    expect(await own(page)).toEqual([]);
    await page.reload();
    await page.locator('[data-assignment]').first().waitFor();
    await page.keyboard.press('Shift+Z');
    await pairAfter(page, first);
    const { id: _, decidedAt: __, ...said } = judged!.judgment;
    expect((await own(page))[0]?.judgment).toMatchObject(said);
  });

  it('is never replaced by a window that does not show it', async () => {
    const { page, newPage } = await browser.open({ pairs: 4 });
    const other = await newPage();
    await openLabel(page);
    await openLabel(other);
    const first = await shown(page);
    expect(await shown(other)).toBe(first);
    await page.keyboard.press('ArrowLeft');
    await pairAfter(page, first);
    await other.keyboard.press('Shift+ArrowRight');
    await other.getByText('You judged this: A better').waitFor();
    await other.getByText('You judged this pair in another window meanwhile').waitFor();
    expect((await own(page))[0]?.judgment.strength).toBe(1);
    await other.keyboard.press('Escape');
    await pairAfter(other, first);
    // What the other window took back is given to this one, which has finished, once somebody looks at it.
    for (let pair = 0; pair < 3; pair += 1) {
      const before = await shown(page);
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => shown(page)).not.toBe(before);
    }
    await page.getByRole('heading', { name: 'You are done for now' }).waitFor();
    await other.evaluate(() => window.dispatchEvent(new Event('focus')));
    await other.getByRole('heading', { name: 'You are done for now' }).waitFor();
    await other.keyboard.press('z');
    await other.locator('[data-assignment]').first().waitFor();
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await page.locator('[data-assignment]').first().waitFor();
  });
});

describe('a guideline that comes into force while somebody judges', () => {
  it('is told of and asked from the next pair on; the judgment made before it stands under the one that was shown', async () => {
    const { page } = await browser.open({ pairs: 4 });
    await openLabel(page);
    await supersede(page, ['helpful'], 0);
    const first = await shown(page);
    await page.keyboard.press('ArrowLeft');
    await pairAfter(page, first);
    await page.getByText('Guideline 2 is in force from here on. It asks for ratings.').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('helpful, A').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.getByRole('heading', { name: 'Guideline 2', exact: true }).waitFor();
    await page.getByText('Guideline 2 is in force from here on.').waitFor({ state: 'detached' });
    expect((await own(page)).map(({ judgment }) => judgment.ratings)).toEqual([null]);
  });
});

describe('the keys that are shown', () => {
  it('are those that are heard, also where a digit was given away before there were seven answers', async () => {
    const { page } = await browser.open({ pairs: 4 });
    await call(page, 'project.saveSetting', { key: 'keys', value: { 'label.skip': '3' } });
    await call(page, 'project.saveSetting', { key: 'label.scale', value: 'seven' });
    await openLabel(page);
    const first = await shown(page);
    await expect.poll(() => page.getByRole('button', { name: 'Skip' }).textContent()).toMatch(/^s/);
    await page.keyboard.press('s');
    await page.getByRole('dialog', { name: 'Skip this pair' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('3');
    await pairAfter(page, first);
    expect((await own(page))[0]?.judgment).toMatchObject({ skipped: null, strength: 1 });
  });
});

describe('somebody whose link was taken back', () => {
  it('reads whom to ask and that a judgment waits, and is offered nothing that only a lead can do', async () => {
    const app = await browser.open({ pairs: 2 });
    const { page } = app;
    const { personId, token } = await call<{ personId: string; token: string }>(page, 'team.invite', { name: 'Ada' });
    const context = await page.context().browser()!.newContext({ baseURL: app.origin, reducedMotion: 'reduce' });
    const ada = await context.newPage();
    ada.setDefaultTimeout(patience);
    await ada.goto(`/?invite=${token}`);
    await ada.locator('[data-assignment]').first().waitFor();
    await call(page, 'team.revoke', { personId });
    await ada.keyboard.press('ArrowLeft');
    await ada.getByText('Ask whoever invited you for a new link. A judgment that you made here waits in this browser').waitFor();
    await ada.reload();
    await ada.getByRole('heading', { name: 'This window is not signed in' }).waitFor();
    await ada.getByText('Ask whoever invited you for a new link. A judgment that you made here waits').waitFor();

    const renewed = await call<{ token: string }>(page, 'team.renewInvite', { personId });
    await ada.goto(`/?invite=${renewed.token}`);
    await ada.locator('[data-assignment]').first().waitFor();
    await expect.poll(async () => (await own(ada)).length).toBe(1);
    await ada.keyboard.press('ArrowLeft');
    await ada.getByRole('heading', { name: 'You are done for now' }).waitFor();
    expect(await ada.getByRole('button', { name: /Train a reward model/ }).count()).toBe(0);
    await context.close();
  });
});
