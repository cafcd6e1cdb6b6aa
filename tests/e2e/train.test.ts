import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../support/accessible.ts';
import { chromiumForTests } from '../support/browser.ts';
import { quick, writeTrainableDemo } from '../support/real-engine.ts';
import { call, trainToTheEnd } from '../support/rpc.ts';

const browser = chromiumForTests();

/** A demo project with a tiny random model; its 12 simulated judgments are switched in. */
async function openTrainable() {
  const app = await browser.open({}, writeTrainableDemo);
  await call(app.page, 'project.setSimulated', { on: true });
  return app;
}

const simulatedReward = { method: 'reward', judgmentsBy: ['simulated'], config: quick.reward };
const shownStep = async (page: Page) => {
  const words = await page.getByText(/^Step [\d,]+ of [\d,]+$/).textContent();
  return Number(/Step ([\d,]+) of/.exec(words ?? '')?.[1]?.replaceAll(',', ''));
};
/** The first chart once it is drawn to the end, in the font that it is to have: equal twice in a row. */
const stillPicture = async (page: Page) => {
  await page.evaluate(() => document.fonts.ready);
  for (let before: string | undefined; ; ) {
    const now = await page.evaluate(async () => {
      for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
      return document.querySelector<HTMLCanvasElement>('.uplot canvas')?.toDataURL();
    });
    if (now === before) return now;
    before = now;
  }
};

describe('Train in Chromium', () => {
  it('goes from no run to an aligned policy: plan, live reward model, PPO stopped, resumed and done', async () => {
    const { page } = await openTrainable();
    await page.goto('/train');
    await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
    await page.keyboard.press('Enter');

    // Nobody has judged yet, and simulated judgments are never taken unasked.
    await page.getByText('There are no judgments by people yet').waitFor();
    expect(await page.getByRole('button', { name: /^Start/ }).count()).toBe(0);
    await page.getByLabel(/^Simulated annotator, 12$/).check();
    await page.getByText('mixed: this run and its model will say so').waitFor();
    await page.getByLabel(/^People/).uncheck();
    await page.getByRole('heading', { name: 'Train a reward model on 10 pairs' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByLabel('Epochs', { exact: true }).fill('0');
    await page.getByText('more than 0').waitFor();
    await page.getByLabel('Epochs', { exact: true }).fill('3');
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/train\/run_/);
    await page.getByText('judged by the simulated annotator').first().waitFor();
    await page.getByRole('button', { name: /Align with PPO/ }).waitFor();
    await page.getByText(/^[012] of 2$/).waitFor();
    await page.getByText('Too few for a percentage; 18 more and it gets one').waitFor();
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'Align the policy on 42 prompts' }).waitFor();
    await page.getByLabel('Answers a step', { exact: true }).fill('8');
    await page.getByLabel('Steps', { exact: true }).fill('100'); // so many that it still runs when Stop is pressed
    await page.getByLabel('Longest answer', { exact: true }).fill('12');
    await page.keyboard.press('Control+Enter');
    await page.getByText('which learned from the simulated annotator').waitFor();
    await page.locator('.uplot').first().waitFor();
    await page.evaluate(() => document.querySelector('.uplot')?.setAttribute('data-first', ''));
    const before = await shownStep(page);
    await expect.poll(() => shownStep(page)).toBeGreaterThan(before);
    await page.getByRole('button', { name: /Stop and keep step/ }).click();
    await page.getByRole('button', { name: /^Resume from step \d+/ }).waitFor();
    // Rows were appended to the chart that was there from the start.
    expect(await page.locator('.uplot[data-first]').count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Compare with sft/ }).waitFor();
    // A metric says its group at any width: of held-out prompts or of a batch.
    expect(await page.locator('main').textContent()).toContain('held_out/rlhf_reward');
    expect(await page.locator('.uplot[data-first]').count()).toBe(1);

    await page.keyboard.press('j');
    await expect.poll(() => page.getByRole('radio', { name: '2', exact: true }).isChecked()).toBe(true);
    await page.getByText('Step 0, SFT').waitFor();
    await page.goto('/train');
    await page.getByRole('heading', { name: /^ppo-1 reached held-out objective/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('lays runs of one method over each other, says what differs, and draws in the colors of the scheme', async () => {
    const { page } = await openTrainable();
    const one = await trainToTheEnd(page, simulatedReward);
    const two = await trainToTheEnd(page, { ...simulatedReward, config: { ...quick.reward, learningRate: 0.001 } });
    await page.goto('/train');
    await page.getByLabel('Overlay reward-1').check();
    await page.getByLabel('Overlay reward-2').check();
    await page.getByRole('button', { name: 'Overlay 2 runs' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('overlay')).toBe(`${one.run},${two.run}`);
    await page.getByRole('cell', { name: 'Learning rate' }).waitFor();
    await page.getByRole('cell', { name: '0.001' }).waitFor();
    await page.locator('.uplot canvas').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const light = await stillPicture(page);
    await page.evaluate(() => document.querySelector('.uplot')?.setAttribute('data-first', ''));
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => stillPicture(page)).not.toBe(light);
    expect(await page.locator('.uplot[data-first]').count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('plans and shows GRPO and DPO: a reward model for the one, judgments for the other', async () => {
    const { page } = await openTrainable();
    await trainToTheEnd(page, simulatedReward);
    await page.goto('/train/new?method=grpo');
    await page.getByRole('heading', { name: 'Align the policy on 42 prompts' }).waitFor();
    await page.getByRole('combobox', { name: 'Scored by' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.goto('/train/new?method=dpo&by=simulated');
    await page.getByRole('heading', { name: 'Align the policy on 10 pairs' }).waitFor();
    expect(await page.getByRole('combobox', { name: 'Scored by' }).count()).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);

    const grpo = await trainToTheEnd(page, { method: 'grpo', config: quick.grpo });
    await page.goto(`/train/${grpo.run}`);
    await page.getByText('mean of 4 answers a step').waitFor();
    await page.getByText('Step 0, SFT').waitFor();
    await page.getByText('prompts whose answers all got the same reward').first().waitFor({ state: 'attached' });
    const dpo = await trainToTheEnd(page, { method: 'dpo', judgmentsBy: ['simulated'], config: quick.dpo });
    await page.goto(`/train/${dpo.run}`);
    await page.getByText('Log-probability of the answers').waitFor();
    await expect.poll(() => page.locator('.uplot').count()).toBe(3);
    await page.getByText('Step 0, SFT').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('walks rows by keys, and says so when a run is not there', async () => {
    const { page } = await openTrainable();
    const { run } = await trainToTheEnd(page, simulatedReward);
    await page.goto('/train');
    await page.getByRole('link', { name: 'reward-1' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Space');
    await page.waitForURL(new RegExp(run));
    await page.goto('/train/run_gone');
    await page.getByRole('heading', { name: 'This run could not be read' }).waitFor();
    await page.getByRole('link', { name: 'All runs' }).click();
    await page.getByRole('link', { name: 'reward-1' }).waitFor();
  });

  it('stays current without the event stream, by asking again', async () => {
    const { page } = await openTrainable();
    await page.route('**/rpc/runs.events**', (route) => route.abort());
    const { id } = await call<{ id: string }>(page, 'runs.start', { ...simulatedReward, config: { ...quick.reward, epochs: 2000 } });
    await page.goto(`/train/${id}`);
    await page.locator('.uplot').first().waitFor();
    const before = await shownStep(page);
    await expect.poll(() => shownStep(page)).toBeGreaterThan(before);
    await page.getByRole('button', { name: /Stop and keep step/ }).click();
    await page.getByRole('button', { name: /^Resume from step \d+/ }).waitFor();
  });
});
