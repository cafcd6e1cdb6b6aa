import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../support/accessible.ts';
import { chromiumForTests } from '../support/browser.ts';

const browser = chromiumForTests();

describe('Settings, this machine', () => {
  it('says what runs where and why, and keeps a choice', async () => {
    const { page, restart, backend } = await browser.open();
    await page.goto('/settings');
    const train = page.getByRole('row', { name: /^Training a small model/ });
    await train.waitFor(); // every backend is opened once
    expect(await train.textContent()).toMatch(/(WebAssembly|WebGPU).+\.$/);

    await page.getByLabel('Train on').click();
    await page.getByRole('option', { name: 'WebAssembly', exact: true }).click();
    await page.getByRole('row', { name: /^Training a large model.+WebAssembly.+You chose it in Settings\.$/ }).waitFor();

    await backend().kill();
    await restart();
    await page.reload();
    await page.getByRole('row', { name: /^Training a large model.+You chose it in Settings\.$/ }).waitFor();
  });
});

describe('Settings, reading size', () => {
  it('can be typed digit by digit, and a field that is left empty shows the size that is set', async () => {
    const { page } = await browser.open();
    await page.goto('/settings');
    const field = page.getByLabel('Reading size');
    await field.fill('');
    await field.pressSequentially('18');
    await field.blur();
    expect(await field.inputValue()).toBe('18 px');
    await field.fill('');
    await field.blur();
    expect(await field.inputValue()).toBe('18 px');
    await field.fill('99');
    await field.blur();
    expect(await field.inputValue()).toBe('20 px');
  });
});

describe('The token for the Hub, in a browser', () => {
  it('says in Settings and where one imports that it comes from HF_TOKEN or hf auth login', async () => {
    const { page } = await browser.open();
    await page.goto('/settings');
    const section = page.locator('section', { hasText: 'The Hugging Face Hub' });
    await section.getByText(/has no keyring to keep a token in\. Set HF_TOKEN .* "hf auth login"/).waitFor();
    expect(await section.getByRole('textbox').count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto('/models/import');
    await page.getByText('The Hub', { exact: true }).click();
    await page.getByText(/has no keyring to keep a token in/).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});
