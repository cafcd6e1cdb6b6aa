import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../support/accessible.ts';
import { chromiumForTests } from '../support/browser.ts';
import { writeTrainableDemo } from '../support/real-engine.ts';

const browser = chromiumForTests();

describe('A run by rules alone in Chromium', () => {
  it('is planned and started from New run in a project without any reward model', async () => {
    const { page } = await browser.open({}, writeTrainableDemo);
    await page.goto('/train/new?method=grpo');
    await page.getByText(/needs a reward model, and this project has none yet/).waitFor();
    expect(await page.getByRole('button', { name: /^Start/ }).count()).toBe(0);

    const scored = page.getByRole('combobox', { name: 'Scored by' });
    await scored.click();
    await page.getByRole('option', { name: 'Rules alone' }).click();
    await page.getByRole('button', { name: /^Start/ }).waitFor();
    expect(await page.getByText(/needs a reward model/).count()).toBe(0);
    const rewards = page.getByRole('textbox', { name: 'Rewards' });
    expect(JSON.parse(await rewards.inputValue())).toEqual([{ kind: 'length', max: 40 }]);
    expect(await accessibilityFaults(page)).toEqual([]);

    // While it is typed it may not read; the field keeps its place and its focus.
    await rewards.fill('[{"kind":"length"');
    await page.getByText('a list in JSON of parts, each with a kind').waitFor();
    expect(await rewards.evaluate((field) => field === document.activeElement)).toBe(true);
    expect(await scored.inputValue()).toBe('Rules alone');
    await rewards.fill('[{"kind":"length","max":6},{"kind":"regex","pattern":"room","weight":0.5}]');
    // How much care is taken changes nothing of what is paid for.
    await page.getByText('Quick', { exact: true }).click();
    expect(await rewards.inputValue()).toContain('"pattern":"room"');
    await page.getByLabel('Steps', { exact: true }).fill('2');
    await page.getByLabel('Longest answer', { exact: true }).fill('8');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/train\/run_/);
    await page.getByRole('button', { name: /Compare with sft/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
