import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';
import { installKernels } from '../nn/ops/kernels.ts';
import type { Backend, BackendName } from './backend.ts';
import { openCpu } from './cpu.ts';
import { shareIdentity } from './share-identity.ts';
import { openTensorflow } from './tensorflow/open.ts';
import { defaultThreads, openWasm } from './wasm/open.ts';
import { openWebgpu } from './webgpu/open.ts';

export type { Backend, BackendName } from './backend.ts';

/**
 * Opens a backend, makes tfjs use it and its kernels current. One is open at a time in a process.
 * Without a name: `PLUMBLINE_BACKEND` if it is set, else wasm.
 * @throws PlainError `engine` when the backend cannot start.
 */
export async function openBackend(options: { name?: BackendName; threads?: number } = {}): Promise<Backend> {
  const name = options.name ?? named(process.env.PLUMBLINE_BACKEND ?? 'wasm');
  const threads = options.threads ?? defaultThreads();
  const backend = await openers[name](threads);
  if (tf.getBackend() !== name) throw new PlainError('engine', `The ${name} backend did not start; tfjs fell back to ${tf.getBackend()}.`);
  if (name === 'wasm') shareIdentity(name);
  installKernels(backend.kernels);
  return backend;
}

/** `PLUMBLINE_GPU` names an adapter, and is the only way to a software renderer. */
const openers: Record<BackendName, (threads: number) => Promise<Backend>> = {
  wasm: openWasm,
  webgpu: () => openWebgpu(process.env.PLUMBLINE_GPU ? { adapter: process.env.PLUMBLINE_GPU } : {}),
  tensorflow: openTensorflow,
  cpu: openCpu,
};

function named(text: string): BackendName {
  if (Object.hasOwn(openers, text)) return text as BackendName;
  throw new PlainError('bad_input', `There is no backend "${text}". Set PLUMBLINE_BACKEND to ${Object.keys(openers).join(', ')}.`);
}
