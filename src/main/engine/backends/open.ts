import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';
import { installKernels } from '../nn/ops/kernels.ts';
import type { Backend, BackendName } from './backend.ts';
import { openCpu } from './cpu.ts';
import { shareIdentity } from './share-identity.ts';
import { defaultThreads, openWasm } from './wasm/open.ts';

export type { Backend, BackendName } from './backend.ts';

/**
 * Opens a backend, makes tfjs use it and its kernels current. One is open at a time in a process.
 * Without a name: `PLUMBLINE_BACKEND` if it is set, else wasm.
 * @throws PlainError `engine` when the backend cannot start.
 */
export async function openBackend(options: { name?: BackendName; threads?: number } = {}): Promise<Backend> {
  const name = options.name ?? named(process.env.PLUMBLINE_BACKEND ?? 'wasm');
  const threads = options.threads ?? defaultThreads();
  const backend = await (name === 'cpu' ? openCpu() : openWasm(threads));
  if (tf.getBackend() !== name) throw new PlainError('engine', `The ${name} backend did not start; tfjs fell back to ${tf.getBackend()}.`);
  if (name === 'wasm') shareIdentity(name);
  installKernels(backend.kernels);
  return backend;
}

function named(text: string): BackendName {
  if (text === 'wasm' || text === 'cpu') return text;
  throw new PlainError('bad_input', `There is no backend "${text}". Set PLUMBLINE_BACKEND to wasm or cpu.`);
}
