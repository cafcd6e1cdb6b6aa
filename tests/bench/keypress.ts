import type { Page } from 'playwright-core';

/** Notes the time of each keydown, and of the first frame after another pair was put into the page. */
export async function watchPairs(page: Page): Promise<void> {
  await page.evaluate(() => {
    const state = { pressed: 0, shown: '', done: null as ((milliseconds: number) => void) | null };
    Object.assign(globalThis, { bench: state });
    const visible = () => document.querySelector<HTMLElement>('[data-assignment]')?.dataset.assignment ?? '';
    state.shown = visible();
    addEventListener(
      'keydown',
      () => {
        state.pressed = performance.now();
      },
      true,
    );
    new MutationObserver(() => {
      if (visible() === state.shown || !state.done) return;
      state.shown = visible();
      const { done, pressed } = state;
      state.done = null;
      // A task queued by the next frame runs right after that frame was painted.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done(performance.now() - pressed);
        channel.port2.postMessage(0);
      });
    }).observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ['data-assignment'],
    });
  });
}

const longestWait = 30_000;

/** Milliseconds from a key's press until the next pair is painted. `watchPairs` comes first. Throws when none comes. */
export async function pressAndWait(page: Page, key: string): Promise<number> {
  const waited = page.evaluate(
    (longest) =>
      new Promise<number>((resolve, reject) => {
        (globalThis as unknown as { bench: { done: unknown } }).bench.done = resolve;
        setTimeout(
          () => reject(new Error('No next pair within half a minute. A project that is kept runs out of pairs: remove its folder.')),
          longest,
        );
      }),
    longestWait,
  );
  await page.keyboard.press(key);
  return waited;
}
