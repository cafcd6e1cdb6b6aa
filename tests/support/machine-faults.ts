/**
 * What may go wrong in a machine, done for real to the engine's process: `node --import machine-faults.ts?FAULT src/main/engine/index.ts`. It befalls right after the first
 * saved state, before the next step: said from outside it would come whenever that other process gets a core, perhaps once all steps are done.
 */

import { isMainThread, type Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';

export type MachineFault = keyof typeof afterFirstState | 'weak adapter';

const workers: Worker[] = [];

const afterFirstState = {
  /** Every weight of the first norm is NaN. */
  'NaN in a weight': () => {
    const gain = Object.values(tf.engine().state.registeredVariables).find(({ rank }) => rank === 1)!;
    gain.assign(tf.fill(gain.shape, Number.NaN));
  },
  'a thread is killed': () => void workers[0]!.terminate(),
  'the GPU is lost': () => gpuOf().destroy(),
  /** Buffers that nothing touches, until the GPU says that it has no more. */
  'the GPU is full': () => {
    for (let i = 0; i < 64; i++) gpuOf().createBuffer({ size: 2 ** 30, usage: GPUBufferUsage.STORAGE });
  },
  /** All of WebAssembly's 4 GB is asked for, down to blocks of 256 bytes. Untouched, it takes no memory of the machine. */
  'the heap is full': () => {
    const { wasm } = tf.backend() as unknown as { wasm: { _malloc(bytes: number): number } };
    for (let bytes = 2 ** 30; bytes >= 2 ** 8; bytes /= 2) {
      try {
        for (;;) wasm._malloc(bytes);
      } catch {
        // full for blocks of this size
      }
    }
  },
};

function gpuOf(): GPUDevice {
  return (tf.backend() as unknown as { device: GPUDevice }).device;
}

if (isMainThread) {
  const fault = decodeURIComponent(new URL(import.meta.url).search.slice(1));
  if (fault === 'weak adapter') await weakenAdapters();
  else {
    process.on('worker', (worker) => workers.push(worker));
    once(afterFirstState[fault as keyof typeof afterFirstState]);
  }
}

/** Calls `befall` in the turn of the event loop that follows the engine's word of its first saved state. */
function once(befall: () => void): void {
  const { stdout } = process;
  const write = stdout.write.bind(stdout) as (...all: unknown[]) => boolean;
  stdout.write = (...all: unknown[]) => {
    if (String(all[0]).includes('"event":"state"')) {
      stdout.write = write;
      setImmediate(befall);
    }
    return write(...all);
  };
}

/** Every adapter says that a shader may have four buffers. */
async function weakenAdapters(): Promise<void> {
  const { globals } = (await import('webgpu')) as unknown as { globals: { GPU: { prototype: GPU } } };
  const { prototype } = globals.GPU;
  const { requestAdapter } = prototype;
  prototype.requestAdapter = async function (...options) {
    const adapter = await requestAdapter.apply(this, options);
    if (!adapter) return adapter;
    const real = adapter.limits;
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(real)) as (keyof GPUSupportedLimits)[];
    const limits = { ...Object.fromEntries(names.map((name) => [name, real[name]])), maxStorageBuffersPerShaderStage: 4 };
    return Object.defineProperty(adapter, 'limits', { value: limits });
  };
}
