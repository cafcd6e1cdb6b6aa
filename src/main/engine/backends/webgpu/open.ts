import * as tf from '@tensorflow/tfjs-core';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import type { Backend } from '../backend.ts';
import type { Kernels } from '../kernels.ts';
import { type DawnInstance, type DawnInstances, findAdapter, isSoftware, wantedLimits } from './adapter.ts';
import { Device } from './device.ts';
import { Failure, lost, uncaptured } from './failure.ts';
import { activationKernels } from './kernels/activation.ts';
import { attentionKernels } from './kernels/attention.ts';
import { decodeKernels } from './kernels/decode-attention.ts';
import { decodeStepKernels } from './kernels/decode-step.ts';
import { embedKernels } from './kernels/embed.ts';
import { linearKernels } from './kernels/linear.ts';
import { logProbKernels } from './kernels/log-prob.ts';
import { normKernels } from './kernels/norm.ts';
import { optimizerKernels } from './kernels/optimizer.ts';
import { ropeKernels } from './kernels/rope.ts';
import { Buffers } from './memory.ts';
import { replaceTransfers } from './reading.ts';
import { replaceStockKernels } from './stock.ts';
import type { TfjsWebgpuModule } from './tfjs.ts';
import { Ticks } from './ticks.ts';

export interface WebgpuOptions {
  /** A part of the adapter's name as Dawn spells it; the only way to a software renderer ("swiftshader"). Else the most powerful adapter. */
  adapter?: string;
  /** Bytes that may be allocated in all; without it, until the GPU says that it has no more. */
  memory?: number;
}

export interface WebgpuBackend extends Backend {
  name: 'webgpu';
  device: Device;
}

/**
 * Opens the GPU through Dawn (Vulkan, Metal, Direct3D 12), with tfjs's webgpu backend and our WGSL kernels on it, and makes it tfjs's current backend.
 * Whatever goes wrong on the GPU later is thrown, as a PlainError, by the next kernel or read.
 * @throws PlainError `engine` when there is no usable adapter or Dawn cannot be loaded.
 */
export async function openWebgpu({ adapter: name, memory = Number.POSITIVE_INFINITY }: WebgpuOptions = {}): Promise<WebgpuBackend> {
  const { adapter, words, instance } = await findAdapter(await loadDawn(), name);
  const { gpu, ticks } = instance;
  const asked = ticks.learn(() => adapter.requestDevice({ requiredLimits: wantedLimits(adapter.limits) }));
  const gpuDevice = await asked.catch((error: unknown) => {
    throw new PlainError(
      'engine',
      `The GPU could not be opened (${sentenceOf(error)}). Close other programs that use it, or train on the CPU.`,
    );
  });

  const failure = new Failure();
  let isClosed = false;
  gpuDevice.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    failure.note(uncaptured(event.error.constructor.name, event.error.message));
  });
  void gpuDevice.lost.then(({ message }) => {
    if (!isClosed) failure.note(lost(message));
  });

  const { WebGPUBackend } = (await import('@tensorflow/tfjs-backend-webgpu')) as unknown as TfjsWebgpuModule;
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true }); // tfjs refuses to work without it
  const backend = new WebGPUBackend(gpuDevice, adapter.info);
  backend.bufferManager = new Buffers(gpuDevice, failure, memory);
  replaceTransfers(backend, failure, ticks);
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu'); // the package's own, or one that was opened before
  tf.registerBackend('webgpu', () => backend);
  await tf.setBackend('webgpu');
  const device = new Device(backend, failure);
  replaceStockKernels(device);
  const parts = {
    ...linearKernels(device),
    ...embedKernels(device),
    ...normKernels(device),
    ...ropeKernels(device),
    ...attentionKernels(device),
    ...decodeKernels(device),
    ...activationKernels(device),
    ...logProbKernels(device),
    ...optimizerKernels(device),
  } satisfies Kernels;
  const kernels: Kernels = { ...parts, ...decodeStepKernels(device, parts) };
  return {
    name: 'webgpu',
    threads: 1,
    words,
    gpu: !isSoftware(adapter.info),
    kernels,
    device,
    close: async () => {
      isClosed = true;
      if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
      gpuDevice.destroy();
    },
  };
}

/** @throws PlainError `engine` on a system for which the package brings no Dawn. */
async function loadDawn(): Promise<DawnInstances> {
  const { create, globals } = await import('webgpu').catch((error: unknown) => {
    throw new PlainError('engine', `This system cannot use its GPU: Dawn does not load here (${sentenceOf(error)}). Train on the CPU.`);
  });
  Object.assign(globalThis, globals);
  return (name = '') => {
    const known = instances.get(name) ?? { gpu: create(name ? [`adapter=${name}`] : []), ticks: new Ticks() };
    instances.set(name, known);
    return known;
  };
}

/** Kept for ever, one an adapter's name: Dawn crashes when an instance is garbage-collected before everything that came from it. */
const instances = new Map<string, DawnInstance>();
