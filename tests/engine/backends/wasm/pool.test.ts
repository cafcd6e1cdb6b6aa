import { afterEach, describe, expect, test } from 'vitest';
import { Device, multiply } from '#engine/backends/wasm/device.ts';
import { type Heap, openHeap } from '#engine/backends/wasm/heap.ts';
import { Pool } from '#engine/backends/wasm/pool.ts';
import { PlainError } from '#shared/errors.ts';

let heap: Heap;
let pool: Pool;
afterEach(async () => await pool.close());

async function open(threads: number): Promise<Device> {
  heap = await openHeap();
  pool = await Pool.open(heap, threads, 1);
  return new Device(heap, pool);
}

/** Multiplies two matrices of ones, `size` a side, and returns the product's elements. */
function squareOfOnes(device: Device, size: number): Float32Array {
  return device.withTemporary(size * size * 8, (address) => {
    const memory = () => new Float32Array(heap.memory.buffer, address, 2 * size * size);
    memory().fill(1, 0, size * size);
    const ones = { address, step: size, transposed: false };
    multiply(device, ones, ones, address + size * size * 4, { m: size, n: size, k: size });
    return memory().slice(size * size);
  });
}

describe('pool', () => {
  test('many operations in a row, each complete when it returns', async () => {
    const device = await open(3);
    for (let i = 0; i < 3000; i++) {
      const size = 8 + (i % 30);
      const product = squareOfOnes(device, size);
      if (!product.every((value) => value === size)) expect.fail(`operation ${i} is not complete`);
    }
  });

  test('parked workers wake up again', async () => {
    const device = await open(2);
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(squareOfOnes(device, 200).every((value) => value === 200)).toBe(true);
    }
  });

  test('a killed worker ends the work with a sentence', async () => {
    const device = await open(2);
    await pool.killWorker();
    expect(() => squareOfOnes(device, 64)).toThrow(PlainError);
    expect(() => squareOfOnes(device, 64)).toThrow(/lost one of its threads.*Resume/);
  });

  test('a kernel that fails ends the work with a sentence', async () => {
    const device = await open(2);
    const beyond = { address: 2 ** 32 - 64, step: 512, transposed: false };
    const run = () => multiply(device, beyond, beyond, 0, { m: 512, n: 512, k: 512 });
    expect(run).toThrow(PlainError);
    expect(run).toThrow(/lost one of its threads/);
  });
});
