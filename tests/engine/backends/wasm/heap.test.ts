import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { openHeap } from '#engine/backends/wasm/heap.ts';
import { openWasm } from '#engine/backends/wasm/open.ts';
import { PlainError } from '#shared/errors.ts';
import { array } from './numbers.ts';
import { expectClose, product } from './support.ts';

test('a full heap says what did not fit, and live tensors stay as they are', async () => {
  const backend = await openWasm(1);
  const live = tf.tensor1d([1, 2, 3]);
  const gigabyte: [number, number] = [2 ** 14, 2 ** 14];
  const ask = () => backend.kernels!.embedGradient!(gigabyte, tf.tensor1d([0], 'int32'), tf.zeros([1, gigabyte[1]]));
  // Address space is taken, memory only where it is written to: reserve most of the heap without touching it.
  const heap = tf.backend() as unknown as { wasm: { _malloc(bytes: number): number; _free(address: number): void } };
  const blocks = [1, 2, 3].map(() => heap.wasm._malloc(2 ** 30));
  let error: unknown;
  try {
    ask();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(PlainError);
  expect((error as PlainError).code).toBe('no_space');
  expect((error as PlainError).message).toMatch(/no room for 1024 MB more/);
  expect([...live.dataSync()]).toEqual([1, 2, 3]);
  for (const block of blocks) heap.wasm._free(block);
  await backend.close();
});

test('opening leaves the process as it was', async () => {
  const listeners = () => [process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')];
  const before = { listeners: listeners(), worker: (globalThis as { Worker?: unknown }).Worker };
  await openHeap();
  expect({ listeners: listeners(), worker: (globalThis as { Worker?: unknown }).Worker }).toEqual(before);
});

test('tensors survive the growth of the heap', async () => {
  await openHeap();
  const first = tf.fill([1000], 7);
  const large = tf.fill([2 ** 25], 3);
  expect(first.dataSync().every((value) => value === 7)).toBe(true);
  expect(tf.sum(tf.slice(large, 0, 10)).dataSync()[0]).toBe(30);
  tf.dispose([first, large]);
});

test('kernels compute in the upper half of the heap, where addresses no longer fit a signed integer', async () => {
  const backend = await openWasm(2, 1);
  const below = (tf.backend() as unknown as { wasm: { _malloc(bytes: number): number } }).wasm._malloc(2 ** 31);
  const [m, n, k] = [50, 33, 70];
  const [x, w] = [array(m * k, 1), array(k * n, 2)];
  const y = backend.kernels!.linear!(tf.tensor2d(x, [m, k]), tf.tensor2d(w, [k, n]), null, false);
  expect((tf.backend() as unknown as { getMemoryOffset(id: object): number }).getMemoryOffset(y.dataId)).toBeGreaterThan(2 ** 31);
  expect(below).toBeLessThan(2 ** 31);
  expectClose(y.dataSync(), product(x, false, w, false, { m, n, k }), 1e-5);
  const { logProbs } = backend.kernels!.logProb!(y, y, tf.zeros([m], 'int32'), 1);
  for (const value of logProbs.dataSync()) expect(value).toBeLessThanOrEqual(0);
  await backend.close();
});
