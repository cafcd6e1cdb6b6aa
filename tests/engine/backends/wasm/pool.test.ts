import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { Device, multiply } from '#engine/backends/wasm/device.ts';
import { type Heap, openHeap } from '#engine/backends/wasm/heap.ts';
import { decodeKernels } from '#engine/backends/wasm/kernels/decode.ts';
import { evenChunk, Pool } from '#engine/backends/wasm/pool.ts';
import { Field, MAXIMUM_CHUNKS, ticketOf, Word, type WorkerSettings } from '#engine/backends/wasm/protocol.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { installKernels } from '#engine/nn/ops/kernels.ts';
import { PlainError } from '#shared/errors.ts';

let heap: Heap;
let pool: Pool | undefined;
afterEach(async () => await pool?.close());

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

/** A thread that takes work (lowering word `at` of `words`, whose bits of `left` count it) and does not come back: to the others, one that hangs. → ends it */
async function thiefOf(words: Int32Array, at: number, left: number): Promise<() => Promise<unknown>> {
  const code = `const { parentPort, workerData: { words, at, left } } = require('node:worker_threads');
    parentPort.postMessage('ready');
    for (;;) { const now = Atomics.load(words, at); if (now & left) Atomics.compareExchange(words, at, now, now - 1); }`;
  const thief = new Worker(code, { eval: true, workerData: { words, at, left } });
  await new Promise((resolve) => thief.once('message', resolve));
  return () => thief.terminate();
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
    await pool!.workers[0]!.terminate();
    expect(() => squareOfOnes(device, 64)).toThrow(PlainError);
    expect(() => squareOfOnes(device, 64)).toThrow(/lost one of its threads.*Resume/);
  });

  test('a worker that hangs in a kernel is noticed within seconds', async () => {
    const device = await open(2);
    const stop = await thiefOf(pool!.words, Word.TICKET, MAXIMUM_CHUNKS);
    const stuck = () => {
      for (let i = 0; i < 1e6; i++) squareOfOnes(device, 64); // until the thief has had its turn
    };
    expect(stuck).toThrow(/lost one of its threads \(a thread did not come back from gemm\)/);
    await stop();
  });

  test('a worker that hangs while decoding is noticed within seconds', async () => {
    const device = await open(2);
    installKernels(decodeKernels(device));
    const decoder = Decoder.random(
      decoderConfigFrom({ model_type: 'gpt2', vocab_size: 500, n_embd: 64, n_layer: 2, n_head: 2, n_positions: 8 }),
      1,
    );
    const decoding = decoder.openDecoding({ slots: 8, capacity: 8, weights: 'f32' })!;
    const eight = new Int32Array(8);
    const stop = await thiefOf(new Int32Array(heap.memory.buffer, pool!.program, 1), 0, 0xffff);
    const stuck = () => {
      for (let i = 0; i < 1e6; i++) decoding.logits({ slots: Int32Array.from(eight.keys()), ids: eight, positions: eight });
    };
    expect(stuck).toThrow(/lost one of its threads \(a thread did not come back from decoding\)/);
    await stop();
    installKernels(null);
  });

  test('a kernel that fails ends the work with a sentence', async () => {
    const device = await open(2);
    const beyond = { address: 2 ** 32 - 64, step: 512, transposed: false };
    const run = () => multiply(device, beyond, beyond, 0, { m: 512, n: 512, k: 512 });
    expect(run).toThrow(PlainError);
    expect(run).toThrow(/lost one of its threads/);
  });
});

test('a worker takes every chunk that nobody else takes', async () => {
  const folder = new URL('../../../../src/main/engine/backends/wasm/', import.meta.url);
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
  const module = await WebAssembly.compile(await readFile(new URL('kernels.wasm', folder)));
  const [words, fields] = [new SharedArrayBuffer(Word.COUNT * 4), new SharedArrayBuffer(Field.COUNT * 8)];
  const workerData: WorkerSettings = {
    modules: [module],
    memory,
    settings: { wide: true, constants: 0 },
    program: 8192,
    words,
    fields,
    index: 1,
  };
  const worker = new Worker(new URL('worker.ts', folder), { workerData, execArgv: [] });
  const [word, field] = [new Int32Array(words), new Float64Array(fields)];
  const numbers = new Float32Array(memory.buffer, 4096, 1000).fill(1);
  field.set([WebAssembly.Module.exports(module).findIndex(({ name }) => name === 'clear'), 990, 100, 0, 0, 1, 4096]);
  Atomics.store(word, Word.TICKET, ticketOf(1, 10));
  Atomics.store(word, Word.OPERATION, 1);
  Atomics.notify(word, Word.OPERATION);
  for (let done = 0; done < 10; done = Atomics.load(word, Word.DONE)) await new Promise((resolve) => setTimeout(resolve, 5));
  expect([...numbers]).toEqual([...Array(990).fill(0), ...Array(10).fill(1)]);
  expect(Atomics.load(word, Word.FAILED)).toBe(0);
  await worker.terminate();
});

test('chunks are even: no thread has a chunk more than another for the sake of a last small one', () => {
  for (let grains = 1; grains < 200; grains++) {
    for (const threads of [2, 3, 4]) {
      const pieces = 3 * threads;
      const chunk = evenChunk(grains, pieces, threads);
      const chunks = Math.ceil(grains / chunk);
      expect(chunks).toBeLessThanOrEqual(pieces);
      const most = chunk * Math.ceil(chunks / threads);
      const choices = Array.from({ length: pieces - Math.ceil(pieces / 2) + 1 }, (_, i) => Math.ceil(grains / (pieces - i)));
      expect(most).toBe(Math.min(...choices.map((one) => one * Math.ceil(Math.ceil(grains / one) / threads))));
    }
  }
  expect(evenChunk(32, 6, 2)).toBe(8); // four chunks, where six would be 6, 6, 6, 6, 6 and 2
});
