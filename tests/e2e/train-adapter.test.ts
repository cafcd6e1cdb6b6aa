import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../support/accessible.ts';
import { chromiumForTests } from '../support/browser.ts';
import { writeTrainableDemo } from '../support/real-engine.ts';
import { call } from '../support/rpc.ts';

const browser = chromiumForTests();

describe('Adapters in Chromium', () => {
  it('a run is planned and made as an adapter; what it needs of memory follows; the run says what it trained', async () => {
    const { page } = await browser.open({}, writeTrainableDemo);
    await call(page, 'project.setSimulated', { on: true });
    await page.goto('/train/new?method=reward&by=simulated');
    await page.getByText('all weights of a small model; of a large one an adapter (LoRA) beside them').waitFor();
    const choice = page.getByRole('radiogroup', { name: 'What is trained' });
    await expect.poll(() => choice.getByRole('radio', { name: 'all weights' }).isChecked()).toBe(true);
    await choice.getByText('adapter', { exact: true }).click();
    await page.getByLabel('Rank of the adapter').fill('0');
    await page.getByText('at least 1').waitFor();
    await page.getByLabel('Rank of the adapter').fill('2');
    expect(await page.getByLabel('α of the adapter').inputValue()).toBe('4');
    await page.getByLabel('Layers of the adapter').fill('');
    await page.getByText('at least 1 entry long').waitFor();
    await page.getByLabel('Layers of the adapter').fill('all-linear');
    await page.getByText('at least 1 entry long').waitFor({ state: 'detached' });
    await page.getByLabel('α of the adapter').fill('6');
    await page.getByText(/far less memory; default all weights/).waitFor();
    // at this width the two fields lie below each other, and neither is cut off
    const edges = await choice.evaluate((field) => [field.scrollWidth, field.clientWidth]);
    expect(edges[0]).toBeLessThanOrEqual(edges[1]!);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^Start/ }).click();
    await page.waitForURL(/\/train\/run_/);
    await page.getByRole('button', { name: /Align with PPO/ }).waitFor();
    const run = await call<{ config: { adapter: unknown } }>(
      page,
      'runs.get',
      { run: new URL(page.url()).pathname.split('/').at(-1) },
      'query',
    );
    expect(run.config.adapter).toEqual({ rank: 2, alpha: 6, targets: ['all-linear'] });
    expect(await page.getByText(/what is trained adapter of rank 2/).count()).toBeGreaterThan(0);
    const [sft, reward] = await call<{ id: string; adapterOf: string | null }[]>(page, 'compare.checkpoints', null, 'query');
    expect([sft?.adapterOf, reward?.adapterOf]).toEqual([null, sft?.id]);
  });
});
