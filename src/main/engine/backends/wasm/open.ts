import { availableParallelism } from 'node:os';
import type { Backend } from '../backend.ts';
import type { Kernels } from '../kernels.ts';
import { Device } from './device.ts';
import { MAXIMUM_BYTES, openHeap } from './heap.ts';
import { activationKernels } from './kernels/activation.ts';
import { attentionKernels } from './kernels/attention.ts';
import { decodeKernels } from './kernels/decode.ts';
import { embedKernels } from './kernels/embed.ts';
import { linearKernels } from './kernels/linear.ts';
import { logProbKernels } from './kernels/log-prob.ts';
import { normKernels } from './kernels/norm.ts';
import { optimizerKernels } from './kernels/optimizer.ts';
import { CHUNK_WORK, Pool } from './pool.ts';
import { replaceStockKernels } from './stock.ts';

/** More threads than this bring little for models that fit a 4 GB heap. */
const MOST_THREADS = 4;

/** Threads used where nobody says how many. */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), MOST_THREADS);
}

/**
 * Opens tfjs's wasm backend on a shared heap with our SIMD kernels and `threads` threads, and makes it tfjs's current backend (one at a time: a second call closes
 * nothing, but tensors of the first are lost). Results do not depend on the number of threads. Throws PlainError `engine` when it cannot be started.
 * `chunkWork` (multiply-adds) is the least that is worth giving to a thread; tests lower it so that small cases are split too.
 */
export async function openWasm(threads: number = defaultThreads(), chunkWork: number = CHUNK_WORK): Promise<Backend> {
  const heap = await openHeap();
  const pool = await Pool.open(heap, threads, chunkWork);
  const device = new Device(heap, pool);
  replaceStockKernels(device);
  const kernels: Kernels = {
    ...linearKernels(device),
    ...embedKernels(device),
    ...normKernels(device),
    ...attentionKernels(device),
    ...activationKernels(device),
    ...logProbKernels(device),
    ...optimizerKernels(device),
    ...decodeKernels(device),
  };
  return {
    name: 'wasm',
    threads,
    words: threads === 1 ? '1 core, SIMD' : `${threads} cores, SIMD threads`,
    kernels,
    capacityBytes: MAXIMUM_BYTES,
    heapBytes: () => heap.memory.buffer.byteLength,
    close: () => pool.close(),
  };
}
