import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../support/accessible.ts';
import { chromiumForTests } from '../support/browser.ts';
import { quick, writeTrainableDemo } from '../support/real-engine.ts';
import { call, trainToTheEnd } from '../support/rpc.ts';

const browser = chromiumForTests();

describe('Several runs at once in Chromium', () => {
  it('sweeps β from the page of a new run, and the overlay shows who is on the frontier', async () => {
    const { page } = await browser.open({}, writeTrainableDemo);
    await call(page, 'project.setSimulated', { on: true });
    const reward = await trainToTheEnd(page, { method: 'reward', judgmentsBy: ['simulated'], config: quick.reward });

    await page.goto('/train/new?method=ppo');
    await page.getByRole('heading', { name: 'Align the policy on 42 prompts' }).waitFor();
    const steps = page.getByLabel('Steps', { exact: true });
    const usual = Number(await steps.inputValue());
    await page.getByText('Quick', { exact: true }).click();
    await expect.poll(async () => Number(await steps.inputValue())).toBeLessThan(usual);
    await steps.fill('3');
    await page.getByLabel('Answers a step', { exact: true }).fill('8');
    await page.getByLabel('Longest answer', { exact: true }).fill('8');

    await page.getByText('Several β', { exact: true }).click();
    await page.getByRole('button', { name: /^Start 5 runs/ }).waitFor();
    const values = page.getByRole('combobox', { name: 'Values of β' }).or(page.getByLabel('Values of β'));
    for (let left = 5; left > 2; left--) {
      await values.first().focus();
      await page.keyboard.press('Backspace');
    }
    await page.getByRole('button', { name: /^Start 2 runs/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^Start 2 runs/ }).click();

    await page.waitForURL(/\/train\?overlay=run_[^,]+,run_/);
    await page.getByRole('heading', { name: 'ppo-1, ppo-2' }).waitFor();
    await page.getByRole('region', { name: 'Reward against KL' }).waitFor();
    await page.getByText(/^(On the frontier: |Each buys more reward)/).waitFor();
    await page.getByRole('cell', { name: 'β, the KL penalty' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.goto(`/train/${reward.run}`);
    await page.getByRole('button', { name: /^Reproduce/ }).click();
    await page.getByRole('button', { name: 'Reproduce', exact: true }).click();
    await page.getByText(/^It came out the same: /).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('shows over-optimization on the demo project in one click: a reward model first, where there is none, then both policies', async () => {
    const { page } = await browser.open({}, writeTrainableDemo);
    await page.goto('/train/over-optimization');
    await page.getByRole('heading', { name: 'See over-optimization happen' }).waitFor();
    await page.getByText(/one is trained first, on 12 judgments by the simulated annotator/).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^Train a reward model, then push both policies/ }).click();
    await page.getByRole('listitem').filter({ hasText: 'reward-1, the reward model' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('region', { name: 'Without β' }).waitFor();
    await page.getByRole('region', { name: 'β 0.1' }).waitFor();
    await page.getByText(/The reward model is that of reward-1, which was trained for this first\./).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const runs = await call<{ id: string; name: string; method: string }[]>(page, 'runs.list', undefined, 'query');
    expect(runs.map(({ method }) => method).sort()).toEqual(['ppo', 'ppo', 'reward']);
    for (const { id } of runs.filter(({ method }) => method === 'ppo')) await call(page, 'runs.stop', { run: id });
    const { simulatedSet } = await call<{ simulatedSet: object }>(page, 'project.summary', undefined, 'query');
    expect(simulatedSet).toMatchObject({ on: false });
  });
});
