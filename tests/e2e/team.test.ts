import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../support/accessible.ts';
import { chromiumForTests, patience, type ServedApp } from '../support/browser.ts';
import { call } from '../support/rpc.ts';

const browser = chromiumForTests();

/** Makes an invite on the People page and returns its link. */
async function invite(page: Page, name: string): Promise<string> {
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Make an invite link' }).click();
  await page.getByText(`The link for ${name}`).waitFor();
  return (await page.locator('code').first().textContent()) ?? '';
}

/** Opens an invite's link in a browser of its own, as on another machine. */
async function enter(app: ServedApp, link: string): Promise<Page> {
  const context = await app.page
    .context()
    .browser()!
    .newContext({ viewport: { width: 1280, height: 800 }, baseURL: app.origin, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  await page.goto(link);
  await page.locator('[data-assignment]').first().waitFor();
  return page;
}

async function judge(page: Page, key: string): Promise<void> {
  const pair = () => page.locator('[data-assignment]:visible').first().getAttribute('data-assignment');
  const before = await pair();
  await page.keyboard.press(key);
  await expect.poll(async () => (await page.locator('[data-assignment]:visible').count()) === 0 || (await pair()) !== before).toBe(true);
}

describe('a team of two, by invite links', () => {
  it('label side by side, differ, and the lead decides without seeing what they said', async () => {
    const app = await browser.open({ pairs: 6, simulated: 0 });
    const { page } = app;
    await call(page, 'team.setRules', {
      ...{ overlap: 1, overlapPeople: 2, mostPeople: 2, repeatShare: 0, goldShare: 0, next: 'order', randomShare: 0.2 },
    });
    await page.goto('/team/people');
    await page.getByRole('heading', { name: 'You work alone' }).waitFor();
    const ada = await enter(app, await invite(page, 'Ada'));
    const bea = await enter(app, await invite(page, 'Bea'));
    await page.getByRole('heading', { name: '3 people can judge' }).waitFor();
    expect(new URL(ada.url()).search).toBe('');

    // Ada prefers the longer reply whatever its side, Bea the shorter: they differ on every pair.
    const chooses = async (annotator: Page, longer: boolean) => {
      const sides = annotator.locator('[data-assignment]:visible').first().locator('article[data-side]');
      const [left, right] = await sides.allTextContents();
      expect(left?.length, 'two replies of different lengths').not.toBe(right?.length);
      return left!.length > right!.length === longer ? 'ArrowLeft' : 'ArrowRight';
    };
    for (let turn = 0; turn < 3; turn++) {
      await judge(ada, await chooses(ada, true));
      await judge(bea, await chooses(bea, false));
    }
    // The lead sees them at it, once the page hears of it.
    const hears = page.waitForResponse((response) => response.url().includes('team.events'));
    await page.goto('/team/people');
    await hears;
    await page.getByRole('row').filter({ hasText: 'Ada' }).getByRole('cell', { name: '3', exact: true }).waitFor();
    await judge(ada, 'ArrowLeft');
    await page.getByRole('row').filter({ hasText: 'Ada' }).getByText('judging now').waitFor();
    await page.getByRole('row').filter({ hasText: 'Ada' }).getByRole('cell', { name: '4', exact: true }).waitFor();

    // Ada's own page says nothing of Bea, and the lead's pages are not hers.
    await ada.goto('/team');
    await ada.getByRole('heading', { name: 'How you judge' }).waitFor();
    expect(await ada.locator('body').textContent()).not.toContain('Bea');
    await ada.goto('/team/people');
    await ada.getByRole('heading', { name: 'How you judge' }).waitFor();
    expect(await accessibilityFaults(ada)).toEqual([]);

    // A link that is taken back closes the door at once.
    const row = page.getByRole('row').filter({ hasText: 'Bea' });
    await row.getByRole('button', { name: 'Take link back' }).click();
    await row.getByText('link taken back').waitFor();
    await bea.reload();
    await bea.getByRole('heading', { name: 'This window is not signed in' }).waitFor();

    const { disputes } = await call<{ disputes: { undecided: number } }>(page, 'team.queues', undefined, 'query');
    expect(disputes.undecided).toBe(3);
    await page.goto('/team/decided');
    await page.getByRole('heading', { name: '3 pairs wait for your decision' }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('[data-assignment]:visible').first().waitFor();
    expect(await page.locator('body').textContent()).not.toMatch(/Ada|Bea/);
    await judge(page, 'ArrowLeft');
    await page.goto('/team/decided');
    await page.getByText(/decided: the (first|second)\. Before: (Ada|Bea)/).waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`every page of Team can be used without sight and without color vision, ${colorScheme}`, async () => {
      const { page } = await browser.open({ pairs: 6, simulated: 40 });
      await page.emulateMedia({ colorScheme });
      await page.goto('/team');
      await page.getByRole('heading', { name: 'No judgments by people yet' }).waitFor();
      expect(await accessibilityFaults(page), 'empty').toEqual([]);
      await call(page, 'project.setSimulated', { on: true });
      await page.goto('/team?kind=simulated');
      await page.getByText('These judgments are simulated: nobody made them.').waitFor();
      await page.getByRole('button', { name: 'Simulated annotator' }).click();
      expect(await accessibilityFaults(page), 'report').toEqual([]);
      for (const [path, heading] of [
        ['people', 'You work alone'],
        ['pairs', '6 pairs nobody has seen'],
        ['flagged', 'Nobody has flagged or skipped a pair'],
        ['decided', 'No pair waits for a decision'],
      ] as const) {
        await page.goto(`/team/${path}`);
        await page.getByRole('heading', { name: heading }).waitFor();
        expect(await accessibilityFaults(page), path).toEqual([]);
      }
    });
  }

  it('a pair that somebody flagged is read and taken out, and so is one among the comparisons', async () => {
    const { page } = await browser.open({ pairs: 3, simulated: 0 });
    await page.goto('/label');
    await page.locator('[data-assignment]:visible').first().waitFor();
    await page.keyboard.press('f');
    await page.keyboard.type('names a guest');
    await page.keyboard.press('Enter');
    await judge(page, 'ArrowLeft');
    await page.goto('/team/flagged');
    await page.getByRole('heading', { name: '1 flag' }).waitFor();
    await page.getByRole('cell', { name: 'names a guest' }).click();
    await page.getByRole('button', { name: 'Take this pair out' }).click();
    await page.getByText('1 judgment would count nowhere any more').waitFor();
    expect(await accessibilityFaults(page), 'an opened row').toEqual([]);
    await page.getByRole('button', { name: 'Take it out' }).click();
    await page.getByRole('heading', { name: 'Nobody has flagged or skipped a pair' }).waitFor();

    await page.goto('/data/comparisons');
    await page.getByRole('cell', { name: 'taken out', exact: true }).waitFor();
    await page.getByRole('cell', { name: 'labeling' }).first().click();
    await page.getByRole('button', { name: 'Take this pair out' }).click();
    await page.getByRole('button', { name: 'Take it out' }).click();
    await expect.poll(() => page.getByRole('cell', { name: 'taken out', exact: true }).count()).toBe(2);
    await page.goto('/team/pairs');
    await expect.poll(() => page.getByRole('button', { name: 'Put back' }).count()).toBe(2);
  });

  it('the rules are saved, the calibration round begins, and what is taken out can be put back', async () => {
    const { page } = await browser.open({ pairs: 12, simulated: 0 });
    await page.goto('/team/pairs');
    await page.getByLabel('Seen by several').fill('50');
    await page.getByRole('button', { name: 'Save the rules' }).click();
    await page.getByRole('button', { name: 'Leave them' }).waitFor({ state: 'detached' });
    await page.reload();
    await expect.poll(() => page.getByLabel('Seen by several').inputValue()).toBe('50%');
    await page.getByLabel('Pairs of the calibration round').fill('5');
    await page.getByRole('button', { name: 'Start with 5' }).click();
    await page.getByText(/In the calibration round: .* 5 to go/).waitFor();
    await page.getByRole('combobox', { name: 'Guideline version' }).click();
    await page.getByRole('option', { name: 'Guideline 1, in force' }).click();
    await page.getByRole('button', { name: 'Take what was judged under it out' }).click();
    await page.getByText('No checkpoint was trained on them.').waitFor();
    await page.getByRole('button', { name: /^Take 0 judgments out/ }).click();
    await page.getByRole('button', { name: 'Put back' }).click();
    await page.getByRole('button', { name: 'Put back' }).waitFor({ state: 'detached' });
  });
});
