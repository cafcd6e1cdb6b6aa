import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';

/** tfjs's heap as our kernels see it: one shared memory in which every tensor lies. */
export interface Heap {
  readonly backend: BackendWasm;
  readonly memory: WebAssembly.Memory;
  /** Address of `bytes` fresh bytes, 16-aligned. Throws PlainError `no_space` when the heap is full. */
  allocate(bytes: number): number;
  free(address: number): void;
}

type BackendModule = BackendWasm['wasm'];
interface TfjsModule {
  wasmMemory: WebAssembly.Memory;
  cwrap(name: string, result: string | null, parameters: (string | null)[]): (...values: number[]) => number;
  _malloc(bytes: number): number;
  _free(address: number): void;
  asm: { malloc(bytes: number): number };
  tfjs: BackendModule['tfjs'];
}

const PAGE = 65536;
/** 4 GB: where a 32-bit heap ends. */
const MAXIMUM_PAGES = 65536;
/** What a heap can hold in all. */
export const MAXIMUM_BYTES: number = MAXIMUM_PAGES * PAGE;
const INITIAL_PAGES = 1024;

/**
 * Starts tfjs's wasm backend on a memory that threads can share, and makes it tfjs's current backend.
 * tfjs itself never uses its threaded build on Node, so that build is loaded by hand; its own threads stay off (ours do the work: pool.ts).
 */
export async function openHeap(): Promise<Heap> {
  const memory = reserveMemory();
  const module = await instantiate(memory);
  const allocate = guardAllocation(module, memory);
  setThreadsCount(1);
  const backend = new BackendWasm(module as unknown as BackendModule);
  if (tf.engine().registryFactory.wasm) tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => backend);
  if (!(await tf.setBackend('wasm'))) throw new PlainError('engine', 'The WebAssembly backend could not be started. Restart Plumbline.');
  return { backend, memory, allocate, free: (address) => module._free(address) };
}

function reserveMemory(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true });
  } catch (error) {
    const sentence =
      'The training process could not reserve its 4 GB of address space. Close other programs, or raise the limit on virtual memory.';
    throw new PlainError('no_space', sentence, { cause: error });
  }
}

/** Stands in for the eight workers that tfjs's threaded build starts at once: it says it is loaded and gets no work, because the build is told to use one thread. */
class IdleWorker {
  private onMessage: ((data: unknown) => void) | undefined;

  on(event: string, listener: (data: unknown) => void): void {
    if (event === 'message') this.onMessage = listener;
  }

  postMessage(message: { cmd: string }): void {
    if (message.cmd === 'run') throw new Error('tfjs asked for a thread of its own.');
    queueMicrotask(() => this.onMessage?.({ cmd: 'loaded' }));
  }

  ref(): void {}
  unref(): void {}
  terminate(): void {}
}

/**
 * Runs the module's script with our memory. The script would hook the process's uncaught exceptions and put `Worker` among the globals:
 * it gets a process, a global object and a worker of its own instead.
 */
async function instantiate(memory: WebAssembly.Memory): Promise<TfjsModule> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'wasm-out');
  const script = join(folder, 'tfjs-backend-wasm-threaded-simd.js');
  const names = ['module', 'exports', 'require', '__filename', '__dirname', 'process', 'global', 'Worker'];
  const run = compileFunction(await readFile(script, 'utf8'), names, { filename: script });
  const module: { exports: unknown } = { exports: {} };
  const scriptProcess = { versions: process.versions, argv: [], hrtime: process.hrtime, on: () => {}, exit: stop };
  const scriptRequire = (name: string) => (name === 'worker_threads' ? { Worker: IdleWorker } : require(name));
  run(module, module.exports, scriptRequire, script, folder, scriptProcess, {}, IdleWorker);
  const factory = module.exports as (settings: object) => Promise<TfjsModule>;
  const instance = await factory({
    wasmMemory: memory,
    locateFile: (path: string) => join(folder, basename(path)),
    mainScriptUrlOrBlob: script,
  });
  instance.tfjs = {
    init: instance.cwrap('init', null, []),
    initWithThreadsCount: instance.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: instance.cwrap('get_threads_count', 'number', []),
    registerTensor: instance.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: instance.cwrap('dispose_data', null, ['number']),
    dispose: instance.cwrap('dispose', null, []),
  };
  return instance;
}

function stop(): never {
  throw new PlainError('engine', 'The WebAssembly backend stopped. Restart Plumbline.');
}

/**
 * tfjs does not look at what malloc returns: a full heap would put the next tensor at address 0, over live ones. Here it throws.
 * The export itself is called, because the module's `_malloc` replaces itself when it is first called.
 */
function guardAllocation(module: TfjsModule, memory: WebAssembly.Memory): (bytes: number) => number {
  const allocate = (bytes: number): number => {
    const address = bytes < MAXIMUM_PAGES * PAGE ? module.asm.malloc(bytes) >>> 0 : 0;
    if (address === 0 && bytes > 0) {
      throw new PlainError(
        'no_space',
        `The training process has no room for ${megabytes(bytes)} more: it holds ${megabytes(memory.buffer.byteLength)}, and WebAssembly ends at 4096 MB. ` +
          'Choose a smaller model, a smaller batch or shorter responses.',
      );
    }
    return address;
  };
  module._malloc = allocate;
  return allocate;
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MB`;
}
