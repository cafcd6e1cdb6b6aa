import { describe, expect, it } from 'vitest';
import { accessibilityFaults } from '../support/accessible.ts';
import { chromiumForTests } from '../support/browser.ts';
import { quick, writeTrainableDemo } from '../support/real-engine.ts';
import { call, trainToTheEnd } from '../support/rpc.ts';

const browser = chromiumForTests();

/** A project with a reward model and an aligned policy, both of a tiny random model. */
async function openAligned() {
  const app = await browser.open({}, writeTrainableDemo);
  await call(app.page, 'project.setSimulated', { on: true });
  await trainToTheEnd(app.page, { method: 'reward', judgmentsBy: ['simulated'], config: quick.reward });
  const { checkpoint } = await trainToTheEnd(app.page, { method: 'ppo', config: { ...quick.ppo, steps: 2 } });
  return { ...app, checkpoint };
}

describe('Compare in Chromium', () => {
  it('compares with SFT, hides whose answer is whose until the vote, and counts the votes', async () => {
    const { page, checkpoint } = await openAligned();
    await page.goto(`/compare/new?with=${checkpoint}`);
    await page.getByRole('heading', { name: 'Compare ppo-1 with sft' }).waitFor();
    await page.getByLabel('Prompts', { exact: true }).fill('6');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Control+Enter');
    await page.waitForURL(/\/compare\/(?!new)/);
    const report = new URL(page.url()).pathname;
    await page.getByRole('heading', { name: 'ppo-1 against sft: nobody has judged them yet' }).waitFor();

    const answers = page.getByRole('region', { name: 'Answers side by side' });
    await answers.getByText('Answer 1', { exact: true }).waitFor();
    await answers.getByText('Answer 2', { exact: true }).waitFor();
    // Neither names nor rewards nor KL give away which is which.
    expect(await answers.textContent()).not.toMatch(/sft|ppo-1|KL|pinned/);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('j');
    await answers.getByText('Prompt 2 of 6').waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get('prompt')).toBe('2'); // the URL follows what is read
    await page.keyboard.press('k');

    await page.keyboard.press('Enter');
    await page.waitForURL(/\/vote$/);
    await page.locator('[data-assignment]').first().waitFor();
    const votes = 3;
    for (let vote = 1; vote <= votes; vote++) {
      await page.keyboard.press(vote === 2 ? '=' : 'ArrowRight');
      await page.getByText(new RegExp(`^${vote} of \\d`)).waitFor();
    }
    await page.goto(report);
    await page.getByRole('heading', { name: /^Undecided: ppo-1 won \d of \d against sft$/ }).waitFor();
    await page.getByText('Too few for a percentage; ').waitFor();
    await answers.getByText('pinned').waitFor();
    await answers.getByText(/^Your vote: /).waitFor();
    // The next prompt without a vote is still blind, until its reader says that they are done.
    for (let step = 0; step < votes; step++) await page.keyboard.press('j');
    await answers.getByText('Answer 1', { exact: true }).waitFor();
    await answers.getByRole('button', { name: 'I am done voting, show origins' }).click();
    await answers.getByText('pinned').waitFor();
    await expect.poll(() => new URL(page.url()).searchParams.get('reveal')).toBe('1');
    await answers.getByRole('button', { name: 'Hide them again' }).click();
    await answers.getByText('Answer 1', { exact: true }).waitFor();

    await page.goto('/compare');
    await page.getByRole('link', { name: 'ppo-1 against sft' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('shows what stands on what, and leads on from each kind of checkpoint', async () => {
    const { page, checkpoint } = await openAligned();
    await page.goto('/models');
    await page.getByRole('heading', { name: /^3 checkpoints, / }).waitFor();
    await page.getByText('The heavy line is what ppo-1 stands on.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: /^reward-1/ }).click();
    await page.getByRole('button', { name: /Align with PPO/ }).waitFor();
    await page.goto(`/models/${checkpoint}`);
    await page.getByRole('complementary', { name: 'ppo-1' }).getByRole('link', { name: 'reward-1' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Compare ppo-1 with sft' }).waitFor();
  });
});
