import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../support/accessible.ts';
import { chromiumForTests } from '../support/browser.ts';
import { importRows } from '../support/import-rows.ts';
import { call } from '../support/rpc.ts';

const browser = chromiumForTests();

/** A project whose only pair has these two responses; `[data-response]` with the first one's text is looked at, whichever side it is on. */
async function openPair(response_1: string, response_2: string): Promise<Page> {
  const { page } = await browser.open({ pairs: 0 });
  await importRows(page, [{ prompt: 'Say it.', response_1, response_2 }], 'pairs');
  await page.goto('/label');
  await page.locator('[data-assignment]').first().waitFor();
  return page;
}
const text = '[data-assignment] [data-response]';

describe('the reading surface', () => {
  it('shows numbers of three digits whole, and lists and quotes that run from the right with their signs on the right', async () => {
    const numbers = Array.from({ length: 100 }, (_, index) => `${index + 1}. item`).join('\n');
    const page = await openPair(`${numbers}`, '1. שלום\n2. world\n\n- עולם\n\n> ציטוט');
    const room = await page.locator(`${text} ol`).evaluateAll((lists) =>
      lists.map((list) => {
        const style = getComputedStyle(list);
        const pen = document.createElement('canvas').getContext('2d');
        if (pen) pen.font = style.font;
        const widest = pen?.measureText(`${list.children.length}. `).width ?? 0;
        // What stands out of the block is cut off: its numbers must find room in it.
        return {
          direction: style.direction,
          fits: Number.parseFloat(style.direction === 'rtl' ? style.paddingRight : style.paddingLeft) >= widest,
        };
      }),
    );
    expect(room.toSorted((a, b) => a.direction.localeCompare(b.direction))).toEqual([
      { direction: 'ltr', fits: true },
      { direction: 'rtl', fits: true },
    ]);
    const ofRtl = (selector: string, property: string) =>
      page.locator(`${text} ${selector}`).evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
    expect(await ofRtl('ul', 'direction')).toBe('rtl');
    expect(await ofRtl('ol[dir="rtl"] > li:nth-child(2)', 'text-align')).toBe('right');
    expect(await ofRtl('blockquote', 'border-right-width')).toBe('2px');
    expect(await ofRtl('blockquote', 'border-left-width')).toBe('0px');
  });

  it('scrolls a wide table and a wide formula instead of breaking words, by the keyboard too', async () => {
    const columns = Array.from({ length: 30 }, (_, index) => `column${index}`);
    const table = `|${columns.join('|')}|\n|${'---|'.repeat(30)}\n|${'value|'.repeat(30)}`;
    const page = await openPair(table, `\\[${columns.map((_, index) => `x_{${index}}`).join('+')}\\]`);
    const cells = await page.locator(`${text} th`).evaluateAll((heads) => heads.map((head) => head.clientHeight));
    // One line each.
    expect(Math.max(...cells)).toBeLessThan(50);
    for (const wide of ['[aria-label="Table"]', '.katex-display']) {
      const box = page.locator(`${text} ${wide}`);
      expect(await box.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth), wide).toBe(true);
      // The arrows scroll what Tab went to, and judge otherwise.
      await page.locator(text).first().focus();
      for (let press = 0; press < 6 && !(await box.evaluate((element) => element === document.activeElement)); press += 1)
        await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => box.evaluate(({ scrollLeft }) => scrollLeft), { message: wide }).toBeGreaterThan(0);
    }
    expect(await page.locator('header progress').getAttribute('value')).toBe('0');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('keeps letter and text in line whatever the scroll bar takes', async () => {
    const page = await openPair('long '.repeat(4000), 'short');
    for (const width of [0, 5, 17, 30]) {
      await page.addStyleTag({ content: `[data-response]::-webkit-scrollbar { width: ${width}px !important; }` });
      const left = await page
        .locator(text)
        .evaluateAll((texts) =>
          texts.map((one) => [one.querySelector('span'), one.querySelector('p')].map((part) => part?.getBoundingClientRect().left)),
        );
      expect(left).toHaveLength(2);
      for (const [letter, words] of left) expect(letter, `${width}`).toBe(words);
    }
  });

  it('moves no answer and covers no text for ratings, a reason or a judgment of before, and scrolls while one rates', async () => {
    const page = await openPair('line\n\n'.repeat(100), 'short');
    await importRows(page, [{ prompt: 'Say it again.', response_1: 'a', response_2: 'b' }], 'pairs');
    await call(page, 'project.saveGuideline', {
      markdown: 'Be good.',
      asks: { aspects: ['helpful', 'correct', 'kind'], minimumReason: 0 },
    });
    await page.reload();
    await page.locator(text).first().waitFor();
    const places = () =>
      page.evaluate((selector) => {
        const box = (element: Element | null) => element?.getBoundingClientRect();
        return {
          answer: box(document.querySelector('[data-assignment] [data-answer="tie"]'))?.top,
          texts: [...document.querySelectorAll(selector)].map((one) => box(one)?.top),
          textsEnd: Math.max(...[...document.querySelectorAll(selector)].map((one) => box(one)?.bottom ?? 0)),
        };
      }, text);
    const before = await places();
    await page.keyboard.press('t');
    const panel = page.getByRole('region', { name: 'Rate each response' });
    await panel.waitFor();
    const rating = await places();
    expect(rating).toMatchObject({ answer: before.answer, texts: before.texts });
    expect((await panel.boundingBox())?.y).toBeGreaterThanOrEqual(rating.textsEnd - 1);
    const scrolled = () =>
      page.evaluate((selector) => Math.max(...[...document.querySelectorAll(selector)].map((one) => one.scrollTop)), text);
    await page.keyboard.press('j');
    await expect.poll(scrolled).toBeGreaterThan(0);
    await page.keyboard.press('g');
    await page.getByRole('complementary', { name: 'Guideline' }).waitFor();
    await page.keyboard.press('g');
    // A click rates without taking the keys away.
    await panel.getByText('4', { exact: true }).nth(1).click();
    await page.keyboard.press('5');
    await page.keyboard.press('k');
    await expect.poll(scrolled).toBe(0);
    for (const digit of ['1', '2', '3', '1']) await page.keyboard.press(digit);
    await panel.waitFor({ state: 'detached' });
    await page.keyboard.press('r');
    await page.getByRole('textbox', { name: 'Reason' }).waitFor();
    expect(await places()).toMatchObject({ answer: before.answer, texts: before.texts });
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.locator('header progress').getAttribute('value')).toBe('1');
    await page.keyboard.press('h');
    await page.locator('[data-mine]').first().click();
    await page.getByText('You judged this: A better').waitFor();
    expect((await places()).answer).toBe(before.answer);
  });

  it('keeps all seven answers and Both bad on screen beside the guideline', async () => {
    const page = await openPair('a', 'b');
    await call(page, 'project.saveSetting', { key: 'label.scale', value: 'seven' });
    await page.reload();
    await page.locator('[data-answer="bothBad"]').first().waitFor();
    for (const width of [1280, 1440, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      const guideline = page.getByRole('complementary', { name: 'Guideline' });
      if (!(await guideline.isVisible())) await page.keyboard.press('g');
      await guideline.waitFor();
      const end = (await guideline.boundingBox())?.x ?? 0;
      const answers = await page.locator('[data-assignment] [data-answer]').evaluateAll((all) =>
        all.map((answer) => {
          const words = answer.querySelector('span:last-child')?.getBoundingClientRect();
          return [words?.left ?? 0, words?.right ?? 0] as const;
        }),
      );
      const sorted = answers.toSorted(([a], [b]) => a - b);
      expect(sorted).toHaveLength(8);
      expect(sorted.at(-1)?.[1], `${width}`).toBeLessThanOrEqual(end);
      for (const [place, [left]] of sorted.entries()) if (place > 0) expect(left).toBeGreaterThan(sorted[place - 1]?.[1] ?? 0);
    }
  });
});

describe('what axe says of what opens', () => {
  it('finds no fault in the keys, nor in a table of many rows', async () => {
    const { page } = await browser.open({ pairs: 1 });
    const judged = Array.from({ length: 40 }, (_, index) => ({ prompt: `What is ${index}?`, chosen: 'A number.', rejected: 'Nothing.' }));
    await importRows(page, judged, 'trl');
    await page.goto('/label');
    await page.locator('[data-assignment]').first().waitFor();
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    // The rail is out of sight here, and out of the Tab key's way.
    for (let press = 0; press < 8; press += 1) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.closest('[aria-label="Places"]'))).toBeNull();
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByRole('button', { name: 'Close' }).waitFor();
    expect(await accessibilityFaults(page), 'Keys').toEqual([]);
    await page.goto('/data/judgments');
    await page.getByRole('table').waitFor();
    expect(await accessibilityFaults(page), 'Judgments').toEqual([]);
    const table = page.getByRole('region', { name: /judgments/i });
    await table.focus();
    await page.keyboard.press('End');
    await expect.poll(() => table.evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(0);
  });
});
