import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { goldenPath } from '../golden/load.ts';
import { accessibilityFaults } from '../support/accessible.ts';
import { chromiumForTests } from '../support/browser.ts';
import { referenceModel, withoutModel } from '../support/reference-model.ts';
import { temporaryFolder } from '../support/temporary.ts';

const browser = chromiumForTests();

describe('Models in Chromium', () => {
  it('takes the Hub’s addresses as well as names, and says what it read and what it cannot', async () => {
    const { page } = await browser.open();
    await page.goto('/models/import');
    await page.getByText('The Hub', { exact: true }).click();
    const field = page.getByRole('textbox', { name: 'Repository' });
    const start = page.getByRole('button', { name: 'Download and import' });
    await field.fill('smollm');
    await field.blur();
    await page.getByText('not OWNER/NAME, nor a model’s address on huggingface.co').waitFor();
    expect(await start.isDisabled()).toBe(true);
    await field.fill('https://huggingface.co/tester/tiny/blob/v2/tiny-q8_0.gguf');
    await page.getByText('tester/tiny, revision v2, file tiny-q8_0.gguf').waitFor();
    expect(await start.isEnabled()).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('takes a folder in, shows what it saw, exports it and deletes it', async () => {
    const { page } = await browser.open();
    await page.goto('/models');
    await page.getByRole('button', { name: 'Import a model' }).click();
    await page.getByLabel('Folder or file').fill(join(goldenPath('models'), 'nowhere'));
    await page.keyboard.press('Enter');
    await page.getByText(/There is no model at/).waitFor();
    await page.getByLabel('Folder or file').fill(goldenPath('models', 'smollm'));
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: /^A question as it will see it/ }).waitFor();
    await page.getByText(/^LlamaForCausalLM, \d+ layers/).waitFor();
    await page.getByLabel('Name in this project').fill('tiny');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^Import \d+ [kM]B/ }).click();
    await page.getByRole('link', { name: 'tiny', exact: true }).click();
    const panel = page.getByRole('complementary', { name: 'tiny' });
    await panel.getByText('smollm, safetensors, BF16').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await panel.getByRole('button', { name: 'Try it' }).click();
    await page.getByLabel('What you ask').fill('Hello?');
    await page.getByLabel('Longest answer').fill('8');
    await page.keyboard.press('Control+Enter');
    const seen = page.getByRole('region', { name: /^What it saw/ });
    await seen.waitFor();
    expect(await seen.textContent()).toBe('<|im_start|>user\nHello?<|im_end|>\n<|im_start|>assistant\n');
    expect(await seen.locator('mark').allTextContents()).toEqual(['<|im_start|>', '<|im_end|>', '<|im_start|>']);
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.keyboard.press('Escape');
    const out = join(temporaryFolder(), 'tiny.gguf');
    await panel.getByRole('button', { name: 'Export' }).click();
    await page.getByText('llama.cpp', { exact: true }).click();
    await page.getByLabel('File', { exact: true }).fill(out);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^Export/ }).click();
    await page.getByText(`written to ${out}`).waitFor();

    await page.getByRole('button', { name: 'Back to Models' }).click();
    await panel.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Nothing else depends on it.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^Delete, free \d+ [kM]B/ }).click();
    await panel.waitFor({ state: 'detached' });
    expect(await page.getByRole('link', { name: 'tiny', exact: true }).count()).toBe(0);
  });

  it.skipIf(!referenceModel)(
    `SmolLM2 comes in from GGUF and answers a question sensibly${withoutModel}`,
    async () => {
      const { page } = await browser.open();
      await page.goto('/models/import');
      await page.getByLabel('Folder or file').fill(referenceModel!.path);
      await page.keyboard.press('Enter');
      await page.getByText('Q4_1 and Q8_0').waitFor();
      await page.getByText('apache-2.0').waitFor();
      await page.getByLabel('Name in this project').fill('smollm2');
      await page.getByRole('button', { name: /^Import 538 MB/ }).click();
      await page.getByRole('link', { name: 'smollm2', exact: true }).click({ timeout: 240_000 });
      await page.getByRole('complementary', { name: 'smollm2' }).getByRole('button', { name: 'Try it' }).click();
      await page.getByLabel('What you ask').fill('What is the capital of France?');
      await page.getByLabel('Temperature').fill('0');
      await page.getByLabel('Longest answer').fill('32');
      await page.keyboard.press('Control+Enter');
      const talk = page.getByRole('region', { name: 'Conversation' });
      await talk.getByText('The capital of France is Paris.').waitFor();
      await page.getByText('It wrote 8 tokens and ended by itself.').waitFor();
      const seen = page.getByRole('region', { name: /^What it saw/ });
      expect(await seen.textContent()).toMatch(/^<\|im_start\|>system\nYou are a helpful AI assistant named SmolLM/);
    },
    480_000,
  );
});
