import { expect, test } from 'vitest';
import { Stalls } from '#engine/backends/wasm/stalls.ts';

/** Milliseconds of work, of which `waited` in every ten were spent waiting, with the main thread by itself where it should be. → share of the time that it was */
function aloneOf(waited: number, milliseconds: number, expected = 0): number {
  let now = 1000;
  const stalls = new Stalls(() => now);
  let alone = 0;
  for (const end = now + milliseconds; now < end; ) {
    now += 10;
    if (stalls.alone) alone += 10;
    else stalls.note(waited, expected);
  }
  return alone / milliseconds;
}

test('helpers are left alone where waiting for them eats half of the time, and tried again now and then', () => {
  expect(aloneOf(6, 10_000)).toBeGreaterThan(0.8);
  expect(aloneOf(6, 10_000)).toBeLessThan(1);
});

test('now and then a wait, or waits for long pieces, change nothing', () => {
  expect(aloneOf(3, 10_000)).toBe(0);
  expect(aloneOf(6, 10_000, 4)).toBe(0);
  expect(aloneOf(0.1, 10_000)).toBe(0);
});

test('after a while of good company an old stall is forgotten', () => {
  let now = 1000;
  const stalls = new Stalls(() => now);
  const bad = () => {
    for (let i = 0; i < 8; i++) {
      now += 10;
      stalls.note(9, 0);
    }
  };
  bad();
  expect(stalls.alone).toBe(true);
  now += 5000;
  expect(stalls.alone).toBe(false);
  bad();
  const began = now;
  while (stalls.alone) now++;
  expect(now - began).toBeLessThan(60); // as long as the first time
});
