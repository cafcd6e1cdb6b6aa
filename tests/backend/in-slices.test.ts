import { afterEach, expect, test, vi } from 'vitest';
import { inSlices } from '#backend/team/in-slices.ts';

afterEach(() => void vi.restoreAllMocks());

test('long work lets others in every few milliseconds, and ends with its result', async () => {
  let clock = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  let atOnce = 0;
  const turns: number[] = [];
  function* work(): Generator<undefined, string> {
    for (let step = 0; step < 60; step += 1) {
      clock += 1;
      atOnce += 1;
      yield;
    }
    return 'done';
  }
  let going = true;
  const others = (async () => {
    while (going) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      turns.push(atOnce);
      atOnce = 0;
    }
  })();
  expect(await inSlices(work())).toBe('done');
  going = false;
  await others;
  // A request is answered within a few turns, and waits for as many slices.
  expect(Math.max(...turns)).toBeLessThanOrEqual(3);
});
