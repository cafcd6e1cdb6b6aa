import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import type { Backend } from './backend.ts';

/** Plain JavaScript: slow, and the reference that everything else is measured against. */
export async function openCpu(): Promise<Backend> {
  await tf.setBackend('cpu');
  await tf.ready();
  return { name: 'cpu', threads: 1, words: 'plain JavaScript, for tests', kernels: null, close: async () => {} };
}
