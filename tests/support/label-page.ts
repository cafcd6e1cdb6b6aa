import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { MineRow } from '#shared/api/labeling.ts';

/** Opens Label and waits for its first pair. */
export async function openLabel(page: Page): Promise<void> {
  await page.goto('/label');
  await page.locator('[data-assignment]').first().waitFor();
}

/** The assignment of the pair on screen. */
export const shown = (page: Page): Promise<string | null> =>
  page.evaluate(() => document.querySelector<HTMLElement>('[data-assignment]')?.dataset.assignment ?? null);

/** Waits for another pair than `before`, which must have been asked for before the key that judges it was pressed. */
export async function nextPair(page: Page, before: string | null): Promise<void> {
  await expect.poll(() => shown(page), { interval: 10 }).not.toBeOneOf([before, null]);
}

/** The person's judgments, newest first, as the store has them. */
export const own = (page: Page): Promise<MineRow[]> =>
  page.evaluate(async () => {
    const input = encodeURIComponent(JSON.stringify({ search: '', before: null, limit: 100 }));
    const response = await fetch(`/rpc/labeling.mine?input=${input}`);
    return ((await response.json()) as { result: { data: { rows: MineRow[] } } }).result.data.rows;
  });
