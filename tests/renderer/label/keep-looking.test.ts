import { expect, onTestFinished, test, vi } from 'vitest';
import { keepLooking, lookMilliseconds } from '../../../src/renderer/label/keep-looking.ts';
import type { SessionState } from '../../../src/renderer/label/session.ts';

test('a session looks for what came when its window gets the focus, and now and then while it has no pair and somebody sees it', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const looks: boolean[] = [];
  let phase: SessionState['phase'] = 'labeling';
  let isSeen = true;
  const window = new EventTarget();
  const stop = keepLooking(
    { getState: () => ({ phase }) as SessionState, look: async (fewest = false) => void looks.push(fewest) },
    window,
    () => isSeen,
  );
  vi.advanceTimersByTime(10 * lookMilliseconds);
  expect(looks).toEqual([]);
  window.dispatchEvent(new Event('focus'));
  expect(looks).toEqual([false]);
  phase = 'done';
  vi.advanceTimersByTime(2 * lookMilliseconds);
  expect(looks).toEqual([false, true, true]);
  isSeen = false;
  vi.advanceTimersByTime(2 * lookMilliseconds);
  stop();
  isSeen = true;
  vi.advanceTimersByTime(2 * lookMilliseconds);
  window.dispatchEvent(new Event('focus'));
  expect(looks).toHaveLength(3);
});
