import { describe, expect, it } from 'vitest';
import { chromiumForTests } from '../support/browser.ts';

const browser = chromiumForTests();

describe('Settings, this machine', () => {
  it('says what runs where and why, and keeps a choice', async () => {
    const { page, restart, backend } = await browser.open();
    await page.goto('/settings');
    const train = page.getByRole('row', { name: /^Training a small model/ });
    await train.waitFor({ timeout: 40_000 }); // every backend is opened once
    expect(await train.textContent()).toMatch(/(WebAssembly|WebGPU).+\.$/);

    await page.getByLabel('Train on').click();
    await page.getByRole('option', { name: 'WebAssembly', exact: true }).click();
    await page.getByRole('row', { name: /^Training a large model.+WebAssembly.+You chose it in Settings\.$/ }).waitFor();

    await backend().kill();
    await restart();
    await page.reload();
    await page.getByRole('row', { name: /^Training a large model.+You chose it in Settings\.$/ }).waitFor({ timeout: 40_000 });
  }, 120_000);
});
