import { describe, expect, it } from 'vitest';
import { chromiumForTests } from '../support/browser.ts';
import { nextPair, openLabel, own, shown } from '../support/label-page.ts';

const browser = chromiumForTests();

describe('what the guideline asks for', () => {
  it('is written by the lead in a new version, and asked before a judgment is kept, all by keys', async () => {
    const { page } = await browser.open({ pairs: 4 });
    await page.goto('/label/guideline');
    await page.getByRole('textbox', { name: 'What better means here' }).fill('Prefer what is **true**.');
    await page.getByLabel('Ratings to ask for').first().pressSequentially('helpful,correct,', { delay: 5 });
    await page.getByRole('textbox', { name: 'Shortest reason' }).fill('5');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'Guideline 2 is in force' }).waitFor();
    await page.getByRole('button', { name: /Guideline 1/ }).waitFor();

    await openLabel(page);
    const first = await shown(page);
    await page.keyboard.press('ArrowRight');
    await page.getByRole('region', { name: 'Rate each response' }).waitFor();
    for (const digit of ['4', '2', '5']) await page.keyboard.press(digit);
    await page.keyboard.press('Backspace');
    for (const digit of ['3', '1']) await page.keyboard.press(digit);
    await page.getByRole('textbox', { name: 'Reason' }).waitFor();
    await page.keyboard.type('Yes');
    await page.keyboard.press('Control+Enter');
    await page.getByText('2 more characters').waitFor();
    expect(await shown(page)).toBe(first);
    await page.keyboard.type(', true.');
    await page.keyboard.press('Control+Enter');
    await nextPair(page, first);

    const [judged] = await own(page);
    expect(judged?.judgment.rationale).toBe('Yes, true.');
    const ratings = judged?.judgment.ratings ?? {};
    // By slot, whatever side a response was shown on.
    const bySide = (aspect: string) => judged?.shown.map((slot) => ratings[aspect]?.[slot]);
    expect({ helpful: bySide('helpful'), correct: bySide('correct') }).toEqual({ helpful: [4, 2], correct: [3, 1] });

    const second = await shown(page);
    await page.keyboard.press('s');
    await page.getByRole('dialog', { name: 'Skip this pair' }).waitFor();
    await page.keyboard.press('1');
    await nextPair(page, second);
    expect((await own(page))[0]?.judgment).toMatchObject({ skipped: expect.any(String), ratings: null });
  });

  it('survives a reload in the middle, and Escape gives the decision up', async () => {
    const { page } = await browser.open({ pairs: 3 });
    await page.goto('/label/guideline');
    await page.getByLabel('Ratings to ask for').first().pressSequentially('helpful,', { delay: 5 });
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { name: 'Guideline 2 is in force' }).waitFor();
    await openLabel(page);
    const first = await shown(page);
    await page.keyboard.press('ArrowLeft');
    await page.getByText('helpful, A').waitFor();
    await page.keyboard.press('4');
    await page.reload();
    await page.locator('[data-assignment]').first().waitFor();
    expect(await shown(page)).toBe(first);
    await page.keyboard.press('ArrowLeft');
    await page.getByText('helpful, B').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: 'Rate each response' }).waitFor({ state: 'detached' });
    expect(await own(page)).toEqual([]);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('2');
    await nextPair(page, first);
    expect(await own(page)).toHaveLength(1);
  });
});

describe('one’s own judgments', () => {
  it('are found by a word, read again and revised from the keyboard; what is left is left as it was', async () => {
    const { page } = await browser.open({ pairs: 5 });
    await openLabel(page);
    const waiting = await shown(page);
    for (let pair = 0; pair < 3; pair += 1) {
      const before = await shown(page);
      await page.keyboard.press('ArrowLeft');
      await nextPair(page, before);
    }
    const next = await shown(page);
    await page.keyboard.press('h');
    await page.getByRole('textbox', { name: 'Find in your judgments' }).waitFor();
    await expect.poll(() => page.locator('[data-mine]').count()).toBe(3);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => shown(page)).toBe(waiting);
    await page.getByText('You judged this: A better').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => shown(page)).toBe(next);
    expect((await own(page)).at(-1)?.assignmentId).toBe(waiting);

    await page.keyboard.press('h');
    await page
      .locator('input:focus')
      .and(page.getByRole('textbox', { name: 'Find in your judgments' }))
      .waitFor();
    await page.keyboard.type('zeppelin');
    await page.getByText('No judgment of yours has these words.').waitFor();
    await page.getByRole('textbox', { name: 'Find in your judgments' }).fill('');
    await expect.poll(() => page.locator('[data-mine]').count()).toBe(3);
    await page.locator('[data-mine]').last().click();
    await page.getByText('You judged this: A better').waitFor();
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(() => shown(page)).toBe(next);
    const rows = await own(page);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({ assignmentId: waiting, judgment: { strength: 3 } });
    expect(rows[0]?.judgment.ranking?.[0]?.[0]).toBe(rows[0]?.shown[1]);
  });
});

describe('a day’s beginning', () => {
  it('fifty pairs are judged without the mouse, with every kind of answer', async () => {
    const { page } = await browser.open({ pairs: 50 });
    await page.getByRole('heading', { name: '50 pairs wait' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.locator('[data-assignment]').first().waitFor();
    const keys = ['ArrowLeft', 'ArrowRight', 'Shift+ArrowLeft', 'Shift+ArrowRight', '=', '0', '1', '2'];
    for (let pair = 0; pair < 49; pair += 1) {
      const before = await shown(page);
      if (pair % 12 === 5) {
        await page.keyboard.press('s');
        await page.getByRole('dialog').waitFor();
        await page.keyboard.press('2');
      } else {
        if (pair % 10 === 3) {
          await page.keyboard.press('r');
          await page.getByRole('textbox', { name: 'Reason' }).waitFor();
          await page.keyboard.type('It says when.');
          await page.keyboard.press('Control+Enter');
        }
        if (pair % 9 === 4) await page.keyboard.press('d');
        await page.keyboard.press(keys[pair % keys.length] ?? '=');
      }
      await nextPair(page, before);
    }
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('heading', { name: 'You are done for now' }).waitFor();
    const rows = await own(page);
    expect(rows).toHaveLength(50);
    expect(new Set(rows.map(({ assignmentId }) => assignmentId)).size).toBe(50);
    expect(rows.filter(({ judgment }) => judgment.rationale === 'It says when.').length).toBeGreaterThanOrEqual(4);
  });
});
