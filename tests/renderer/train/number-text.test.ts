import { expect, test } from 'vitest';
import { numberText, readNumber } from '../../../src/renderer/train/number-text.ts';

test('small numbers are written with an exponent, others have a number field', () => {
  expect([1e-5, 0.000006, 0.00025, -0.001].map((value) => numberText(value, null))).toEqual(['1e-5', '6e-6', '2.5e-4', '-1e-3']);
  expect([0, 0.01, 0.3, 64, ''].map((value) => numberText(value, null))).toEqual([null, null, null, null, null]);
});

test('what is typed stays as it is typed, readable or not', () => {
  for (const text of ['', '1e', '5e-4', '0.0005', ' 3e−4', '0.5', 'much']) {
    const typed = readNumber(text);
    expect(numberText(typed.value, typed)).toBe(text);
  }
  expect(readNumber(' 3e−4').value).toBe(3e-4);
  expect(readNumber('1e').value).toBe('1e');
  expect(readNumber(' ').value).toBe(' ');
  // in a number field, a small number on the way to another one does not turn it into a text field
  expect(numberText(0.005, { value: 0.005, text: null })).toBeNull();
});

test('a value that comes from elsewhere shows at once', () => {
  expect(numberText(6e-6, readNumber('1e-5'))).toBe('6e-6');
  expect(numberText(3e-4, readNumber('much'))).toBe('3e-4');
  expect(numberText(0.3, readNumber('1e-3'))).toBeNull();
  expect(numberText(1e-3, { value: 0.3, text: null })).toBe('1e-3');
});
