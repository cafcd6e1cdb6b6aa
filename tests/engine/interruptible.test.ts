import { expect, test } from 'vitest';
import { interruptible, TookTooLong } from '#engine/interruptible.ts';

test('work that runs away is stopped, a regular expression in its middle too', () => {
  expect(() => interruptible(100, () => /^(a+)+$/.test(`${'a'.repeat(60)}b`))).toThrow(TookTooLong);
  expect(interruptible(100, () => /^(a+)+$/.test('aaa'))).toBe(true);
});

test('work that waited for a core is begun again, not blamed', () => {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let tries = 0;
  const starved = () => {
    tries += 1;
    if (tries <= 2) Atomics.wait(cell, 0, 0, 60_000);
    return 'done';
  };
  expect(interruptible(100, starved)).toBe('done');
  expect(tries).toBe(3);
});

test('what work throws comes through', () => {
  expect(() =>
    interruptible(100, () => {
      throw new RangeError('its own');
    }),
  ).toThrow('its own');
});
