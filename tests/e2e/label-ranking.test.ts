import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { MineRow } from '#shared/api/labeling.ts';
import { accessibilityFaults } from '../support/accessible.ts';
import { chromiumForTests } from '../support/browser.ts';
import { uploadRows } from '../support/import-rows.ts';
import { call } from '../support/rpc.ts';

const browser = chromiumForTests();
const asLetters = (ranking: number[][] | null, shown: number[]) =>
  (ranking ?? []).map((group) => group.map((slot) => 'ABCDEF'[shown.indexOf(slot)]).join('=')).join('>');

/** Judgments newest first, each as the letters that were on screen. */
async function rankings(page: Page): Promise<string[]> {
  const { rows } = await call<{ rows: MineRow[] }>(page, 'labeling.mine', { search: '', before: null, limit: 10 }, 'query');
  return rows.map(({ judgment, shown }) => asLetters(judgment.ranking, shown));
}

describe('a ranking of more than two', () => {
  it('is imported from a file, made by keys and by dragging, and kept whole', async () => {
    const { page } = await browser.open({ pairs: 0 });
    const answers = (count: number) => Array.from({ length: count }, (_, index) => `answer ${index}`);
    const file = await uploadRows(page, [
      { prompt: 'Rank four.', responses: answers(4) },
      { instruction: 'not this one' },
      { prompt: 'Rank four more.', responses: answers(4).map((response) => ({ response, model: 'm' })) },
      { prompt: 'Rank six.', responses: answers(6) },
      { prompt: 'Too many.', responses: answers(7) },
    ]);
    await page.goto(`/data/import/${file}`);
    await page.getByText('"responses" has 7 responses; 2 to 6 can be ranked at once').waitFor();
    await page.getByRole('button', { name: 'Import 3 comparisons' }).click();
    await page
      .getByText(/3 .*imported|Imported 3/i)
      .first()
      .waitFor();

    await page.goto('/label');
    const current = page.locator('[data-assignment]');
    const order = current.getByRole('status', { name: 'Order so far' });
    const keeps = async (done: number) => expect.poll(() => page.locator('header progress').getAttribute('value')).toBe(String(done));
    await current.getByText('Rank four.').waitFor();
    for (const key of ['b', 'd', '=', 'a']) await page.keyboard.press(key);
    await expect.poll(() => order.textContent()).toBe('Best firstB>D=A>C');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await keeps(1);

    await current.getByText('Rank four more.').waitFor();
    // By the mouse: the key that keeps works on.
    await current
      .getByRole('article', { name: /^Response C,/ })
      .getByRole('button')
      .click();
    const article = (letter: string) => current.getByRole('article', { name: new RegExp(`^Response ${letter},`) }).getByRole('button');
    // Before the best; onto one of them for a tie.
    await article('A').dragTo(order.locator(':scope > span').nth(1));
    await expect.poll(() => order.textContent()).toBe('Best firstA>C');
    await article('D').dragTo(order.getByText('C', { exact: true }));
    await expect.poll(() => order.textContent()).toBe('Best firstA>C=D>B');
    await page.keyboard.press('Enter');
    await keeps(2);

    await current.getByText('Rank six.').waitFor();
    for (const key of ['f', 'e', 'a', 'b', 'c']) await page.keyboard.press(key);
    await expect.poll(() => order.textContent()).toBe('Best firstF>E>A>B>C>D');
    await page.keyboard.press('Enter');
    await keeps(3);
    expect(await rankings(page)).toEqual(['F>E>A>B>C>D', 'A>C=D>B', 'B>D=A>C']);
  });

  it('has its ratings under four or six texts, none of them beyond the edge, beside the guideline too', async () => {
    const { page } = await browser.open({ pairs: 0 });
    const aspects = ['follows the instruction', 'honest', 'kind'];
    await call(page, 'project.saveGuideline', { markdown: 'Be good.', asks: { aspects, minimumReason: 0 } });
    const file = await uploadRows(page, [{ prompt: 'Rank six.', responses: ['a', 'b', 'c', 'd', 'e', 'f'] }]);
    await call(page, 'data.import', { file, format: 'responses' });
    await page.goto('/label');
    await page.locator('[data-assignment]').getByText('Rank six.').waitFor();
    for (const guideline of [false, true]) {
      if (guideline) await page.keyboard.press('Shift+G');
      await page.keyboard.press('Shift+T');
      const panel = page.getByRole('region', { name: 'Rate each response' });
      await panel.waitFor();
      expect(await panel.evaluate(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)).toBe(true);
      expect(await panel.getByRole('radiogroup').count()).toBe(18);
      const bottom = await page
        .locator('[data-assignment] [data-response]')
        .evaluateAll((texts) => Math.max(...texts.map((text) => text.getBoundingClientRect().bottom)));
      expect((await panel.boundingBox())?.y).toBeGreaterThanOrEqual(bottom - 1);
      await page.keyboard.press('Escape');
      await panel.waitFor({ state: 'detached' });
    }
  });
});
