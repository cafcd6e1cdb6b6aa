import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import type { Backend } from '../backend.ts';
import type { TensorflowBackend } from './binding.ts';
import { isTooNew, nvidiaModel, whyNoGpu } from './device.ts';
import { Eager } from './eager.ts';
import { canSetUp, type Installed, installedTensorflow, tensorflowVersion } from './folder.ts';
import { loadTfjsNode, openLibraries } from './load.ts';
import { matrixKernels } from './matrices.ts';
import { optimizerKernels } from './optimizer.ts';

/** One a process: TensorFlow cannot be unloaded, and takes its number of threads when it is loaded. */
let opened: { backend: TensorflowBackend; installed: Installed; threads: number } | null = null;

/**
 * Makes `@tensorflow/tfjs-node-gpu` on libtensorflow tfjs's current backend: NVIDIA's GPU where the CUDA build finds one, else `threads` cores. Ops are composites
 * of tf ops but for large products and the optimizer.
 * @throws PlainError `not_found` when libtensorflow has not been set up on this machine, `engine` when it cannot be loaded.
 */
export async function openTensorflow(threads: number = availableParallelism()): Promise<Backend> {
  opened ??= load(threads);
  await tf.setBackend('tensorflow');
  await tf.ready();
  const { backend, installed } = opened;
  return {
    name: 'tensorflow',
    threads: opened.threads,
    words: wordsOf(backend, installed, opened.threads),
    gpu: backend.isUsingGpuDevice,
    kernels: { ...matrixKernels, ...optimizerKernels(new Eager(backend)) },
    close: async () => {},
  };
}

function load(threads: number): NonNullable<typeof opened> {
  const installed = installedTensorflow();
  if (installed === null) {
    throw new PlainError(
      'not_found',
      canSetUp
        ? `TensorFlow has not been fetched on this machine. Fetch it in Settings, or with npm run setup:libtensorflow.`
        : `TensorFlow ${tensorflowVersion} can be set up on Linux on x64 only, and this is ${process.platform} on ${process.arch}. Train with WebGPU or WebAssembly.`,
    );
  }
  setEnvironment(threads);
  try {
    openLibraries(installed);
    const backend = loadTfjsNode(installed);
    tf.registerBackend('tensorflow', () => backend);
    return { backend, installed, threads };
  } catch (error) {
    throw new PlainError(
      'engine',
      `TensorFlow could not be loaded: ${sentenceOf(error)} Set it up again with npm run setup:libtensorflow, or choose another backend.`,
    );
  }
}

/** What TensorFlow reads when its libraries are loaded. */
function setEnvironment(threads: number): void {
  const { env } = process;
  env.TF_NUM_INTRAOP_THREADS = String(threads);
  env.TF_NUM_INTEROP_THREADS = '1'; // ops are run one after the other
  env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true'; // else it takes all memory of the GPU at once
  env.TF_DETERMINISTIC_OPS ??= '1'; // same seed, same bits
  env.TF_CPP_MIN_LOG_LEVEL ??= '3'; // what it misses is said in our words, what fails is thrown
  const model = nvidiaModel();
  if (model !== null && isTooNew(model)) env.CUDA_VISIBLE_DEVICES = '-1';
}

function wordsOf(backend: TensorflowBackend, installed: Installed, threads: number): string {
  const name = `TensorFlow ${tensorflowVersion}`;
  if (backend.isUsingGpuDevice) return `${name} on ${nvidiaModel() ?? 'an NVIDIA GPU'} by CUDA`;
  return `${name} on ${threads} ${threads === 1 ? 'core' : 'cores'}; no GPU found: ${whyNoGpu(installed)}`;
}
