import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { Random } from '#engine/nn/random.ts';
import { readSafetensors, writeSafetensors } from '#engine/weights/safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A file with this header and as many bytes of data. */
function craft(name: string, header: unknown, dataLength: number, claim?: bigint): string {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, claim ?? BigInt(text.length), true);
  bytes.set(text, 8);
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test('what is written is read again, bit for bit, and no temporary file stays', () => {
  const path = join(folder, 'round.safetensors');
  const random = Random.from(1);
  const matrix = Float32Array.from({ length: 15 }, () => random.normal());
  const odd = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-42);
  writeSafetensors(
    path,
    new Map<string, Float32Array | { shape: number[]; data: Float32Array }>([
      ['matrix', { shape: [3, 5], data: matrix }],
      ['odd', odd],
    ]),
    { metadata: { step: '7' } },
  );
  const { tensors, metadata } = readSafetensors(path);
  expect(tensors.get('matrix')).toEqual({ dtype: 'F32', shape: [3, 5], data: matrix });
  expect(tensors.get('odd')!.data).toEqual(odd);
  expect(metadata).toEqual({ format: 'pt', step: '7' });
  expect(readdirSync(folder).filter((name) => name.includes('writing'))).toEqual([]);
  expect(readFileSync(path).readBigUInt64LE(0) % 8n).toBe(0n); // data begin aligned
});

test('bfloat16 rounds to nearest, ties to even, and is exact on what it can hold', () => {
  const path = join(folder, 'bf16.safetensors');
  const nearest = (x: number) => {
    // The slow way: of the two neighbors with an 8-bit significand, the nearer; the even one at a tie.
    const spacing = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 7);
    const [below, above] = [Math.floor(x / spacing), Math.ceil(x / spacing)];
    const distance = x / spacing - below;
    return spacing * (distance < 0.5 ? below : distance > 0.5 ? above : below % 2 === 0 ? below : above);
  };
  const random = Random.from(2);
  const values = Float32Array.from([1, -2.5, 1 + 2 ** -8, 1 + 3 * 2 ** -8, ...Array.from({ length: 200 }, () => random.normal() * 10)]);
  writeSafetensors(path, new Map([['x', values]]), { dtype: 'BF16' });
  const first = readSafetensors(path).tensors.get('x')!;
  expect(first.dtype).toBe('BF16');
  expect(Array.from(first.data)).toEqual(Array.from(values, nearest));
  writeSafetensors(path, new Map([['x', first.data]]), { dtype: 'BF16' });
  expect(readSafetensors(path).tensors.get('x')!.data).toEqual(first.data);
});

test('half precision is widened', () => {
  const halves = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x0001, 0x7c00, 0x0000);
  const path = craft('half.safetensors', { x: { dtype: 'F16', shape: [6], data_offsets: [0, 12] } }, 12);
  const bytes = readFileSync(path);
  bytes.set(new Uint8Array(halves.buffer), bytes.length - 12);
  writeFileSync(path, bytes);
  const expected = [1, -2, 0.333251953125, 2 ** -24, Number.POSITIVE_INFINITY, 0];
  expect(Array.from(readSafetensors(path).tensors.get('x')!.data)).toEqual(expected);
});

describe('a lying file is refused with a sentence', () => {
  const f32 = (shape: number[], from: number, to: number, dtype = 'F32') => ({ dtype, shape, data_offsets: [from, to] });
  const cases: [string, () => string, RegExp][] = [
    ['shorter than a header', () => craftShort(), /damaged: it is shorter than a header/],
    ['header beyond the file', () => craft('a', {}, 0, 1_000n), /header claims 1000 bytes/],
    ['header of absurd length', () => craft('b', {}, 0, 2n ** 60n), /header claims/],
    ['header that is not JSON', () => craft('c', '{"x":', 0), /JSON cannot be read/],
    ['header that is a list', () => craft('d', '[]', 0), /not an object/],
    ['data beyond the file', () => craft('e', { x: f32([4], 0, 16) }, 8), /describes 16 bytes and 8 follow/],
    ['shape that does not fit', () => craft('f', { x: f32([5], 0, 16) }, 16), /claims 16 bytes for a shape of 20/],
    ['tensors that overlap', () => craft('g', { x: f32([2], 0, 8), y: f32([2], 4, 12) }, 12), /does not begin where/],
    ['a gap', () => craft('h', { x: f32([1], 0, 4), y: f32([1], 8, 12) }, 12), /does not begin where/],
    ['bytes after the end', () => craft('i', { x: f32([1], 0, 4) }, 12), /describes 4 bytes and 12 follow/],
    ['negative length', () => craft('j', { x: f32([-1], 0, 4) }, 4), /describes "x" wrongly/],
    ['unknown type', () => craft('k', { x: f32([4], 0, 4, 'F8_E4M3') }, 4), /stored as F8_E4M3, which is not supported/],
    ['no file', () => join(folder, 'absent'), /no weights file at/],
  ];
  function craftShort(): string {
    const path = join(folder, 'short');
    writeFileSync(path, 'abc');
    return path;
  }
  test.each(cases)('%s', (_, path, sentence) => {
    expect(() => readSafetensors(path())).toThrow(sentence);
  });

  test('a shard index that names a file elsewhere', () => {
    const path = join(folder, 'model.safetensors.index.json');
    writeFileSync(path, JSON.stringify({ weight_map: { x: '../../etc/passwd' } }));
    expect(() => readSafetensors(path)).toThrow(/names a shard outside its folder/);
  });
});
