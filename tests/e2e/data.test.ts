import { describe, expect, it } from 'vitest';
import { chromiumForTests } from '../support/browser.ts';

const browser = chromiumForTests();

describe('Data in Chromium', () => {
  it('searches by every letter however fast they are typed; the address follows, and another table starts afresh', async () => {
    const { page } = await browser.open({ pairs: 12, simulated: 0 });
    await page.goto('/data');
    await page.getByRole('heading', { name: '12 prompts', exact: true }).waitFor();
    await page.keyboard.press('/');
    const field = page.getByRole('textbox', { name: 'Search prompts' });
    await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
    // All at once: none waits for what the one before it changed.
    await Promise.all([...'room 7'].map((letter) => page.keyboard.press(letter === ' ' ? 'Space' : letter)));
    await page.getByRole('heading', { name: '1 prompt with “room 7”' }).waitFor();
    expect(await field.inputValue()).toBe('room 7');
    await expect.poll(() => new URL(page.url()).searchParams.get('q')).toBe('room 7');
    await page.reload();
    await expect.poll(() => field.inputValue()).toBe('room 7');
    await page.getByRole('radiogroup', { name: 'Table' }).getByText('Comparisons').click();
    await page.getByRole('heading', { name: '12 comparisons', exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('');
  });
});
