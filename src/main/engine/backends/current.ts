import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';
import { installKernels } from '../nn/ops/kernels.ts';
import type { Backend } from './backend.ts';

let current: Backend | null = null;

/** What tfjs computes on, and whose kernels the ops use; null before one is open. */
export function currentBackend(): Backend | null {
  return current;
}

/**
 * Makes an open backend tfjs's own, and its kernels those of the ops. Tensors stay where they were made: an op on one of another backend would bring it over, a
 * kernel of ours would not.
 * @throws PlainError `engine` when tfjs took another one.
 */
export async function makeCurrent(backend: Backend): Promise<void> {
  await tf.setBackend(backend.name);
  if (tf.getBackend() !== backend.name) {
    throw new PlainError('engine', `The ${backend.name} backend did not start; tfjs fell back to ${tf.getBackend()}.`);
  }
  installKernels(backend.kernels);
  current = backend;
}

/** Does `work` on another open backend and comes back, whatever becomes of it. Nothing else may compute in this process meanwhile. */
export async function onBackend<Result>(backend: Backend, work: () => Promise<Result>): Promise<Result> {
  const before = current;
  await makeCurrent(backend);
  try {
    return await work();
  } finally {
    if (before) await makeCurrent(before);
  }
}
