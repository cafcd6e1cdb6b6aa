import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './backend.ts';

/** tfjs's own wasm backend, one thread, composites only. */
export async function openStockWasm(): Promise<Backend> {
  setWasmPaths(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  await tf.setBackend('wasm');
  await tf.ready();
  return { name: 'wasm', threads: 1, words: '1 core, SIMD', kernels: null, close: async () => {} };
}
