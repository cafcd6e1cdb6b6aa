import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dequantize } from '#engine/formats/gguf/dequantize.ts';
import { quantizeQ8 } from '#engine/formats/gguf/quantize.ts';
import { numberOfType, readableTypes } from '#engine/formats/gguf/types.ts';
import { fromHalf, toHalf } from '#engine/weights/dtypes.ts';

/** Blocks and their values by gguf-py, the reference in Python. */
const reference = JSON.parse(readFileSync(new URL('./quants.json', import.meta.url), 'utf8')) as {
  types: Record<string, { blocks: string; values: string }>;
  quantized: { values: string; Q8_0: string };
};

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const floatsOf = (text: string) => new Float32Array(bytesOf(text).buffer);

test.each(Object.entries(reference.types))('%s blocks are widened as the reference does', (name, { blocks, values }) => {
  const type = readableTypes[numberOfType(name)]!;
  const expected = floatsOf(values);
  const into = new Float32Array(expected.length);
  dequantize(type, bytesOf(blocks), into);
  // The reference multiplies in float32 and may round once more than a single product does.
  const scale = Math.max(...expected.map(Math.abs));
  expect(Math.max(...into.map((value, i) => Math.abs(value - expected[i]!))) / scale).toBeLessThan(2e-7);
});

test('Q8_0 is written as the reference writes it', () => {
  expect(quantizeQ8(floatsOf(reference.quantized.values))).toEqual(bytesOf(reference.quantized.Q8_0));
});

test('every half is written as it was read, and what lies between two goes to the nearer, ties to even', () => {
  for (let half = 0; half < 0x7c00; half++) {
    expect(toHalf(fromHalf(half))).toBe(half);
    expect(toHalf(-fromHalf(half))).toBe(half === 0 && !Object.is(-fromHalf(half), -0) ? 0 : 0x8000 | half);
    if (half === 0x7bff) continue;
    const [low, high] = [fromHalf(half), fromHalf(half + 1)];
    expect(toHalf((low + high) / 2)).toBe(half % 2 === 0 ? half : half + 1);
    expect(toHalf(low + (high - low) * 0.4999)).toBe(half);
    expect(toHalf(low + (high - low) * 0.5001)).toBe(half + 1);
  }
  expect([65519, 65520, 1e9, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(toHalf)).toEqual([
    0x7bff, 0x7c00, 0x7c00, 0x7c00, 0xfc00,
  ]);
  expect(Number.isNaN(fromHalf(toHalf(Number.NaN)))).toBe(true);
});
