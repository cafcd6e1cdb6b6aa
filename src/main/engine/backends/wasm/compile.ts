import { setFlagsFromString } from 'node:v8';
import type { Heap } from './heap.ts';

/**
 * How our kernels are compiled: at once, by the optimizing compiler (a step is then as fast the first time as later), and with each two neighboring vectors of 128 bits joined into one of
 * 256 where processor and Node have that: the same operations on the same numbers, so the same bits, at twice the speed. V8 calls the last one experimental; therefore the flags
 * hold while this one module is compiled, and no other code of the process is touched.
 */
const flags = [
  ['liftoff', false],
  ['wasm-lazy-compilation', false],
  ...('v8_enable_wasm_simd256_revec' in process.config.variables && process.config.variables.v8_enable_wasm_simd256_revec
    ? [['experimental-wasm-revectorize', true] as const]
    : []),
] as const;

/** Compiles the kernels. */
export function compileKernels(binary: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  for (const [flag, value] of flags) setFlagsFromString(value ? `--${flag}` : `--no-${flag}`);
  try {
    return new WebAssembly.Module(binary);
  } finally {
    for (const [flag, value] of flags) setFlagsFromString(value ? `--no-${flag}` : `--${flag}`);
  }
}

/** What an instance offers: a function a kernel. */
export type KernelExports = Record<string, (...values: number[]) => number>;

/** What an instance is given beside the heap. Every thread's instance gets the same. */
export interface KernelSettings {
  /** Which tile products are computed with (assembly/tile.ts). */
  wide: boolean;
  /** Address of the table of constants (assembly/vector.ts). */
  constants: number;
}

/** Bytes of the table of constants. */
const CONSTANTS_BYTES = 128;

/** The kernels of all modules on a heap. */
export function instantiate(
  modules: readonly WebAssembly.Module[],
  memory: WebAssembly.Memory,
  { wide, constants }: KernelSettings,
): KernelExports {
  const imports = { env: { memory, wide: Number(wide), constants } };
  return Object.assign({}, ...modules.map((module) => new WebAssembly.Instance(module, imports).exports)) as KernelExports;
}

/** Makes a heap ready for the kernels (`module` is kernels.wasm) and finds the settings that are best on this machine. */
export function kernelSettings(module: WebAssembly.Module, heap: Heap): KernelSettings {
  const constants = heap.allocate(CONSTANTS_BYTES);
  instantiate([module], heap.memory, { wide: false, constants }).prepare!();
  return { constants, wide: isWideFaster(module, heap, constants) };
}

/** Rows and columns of the product that tiles are measured with, and its calls a round. */
const SIZE = 128;
const CALLS = 4;
const ROUNDS = 5;

/**
 * Whether the wide tile is the faster one here: it is with vectors of 256 bits and on processors with 32 registers, and spills on others. Measured (about 1 ms), because nothing tells a
 * program which of these it has. The choice never shows in a result.
 */
function isWideFaster(module: WebAssembly.Module, heap: Heap, constants: number): boolean {
  const candidates = [false, true].map((wide) => instantiate([module], heap.memory, { wide, constants })) as [KernelExports, KernelExports];
  const floats = 3 * SIZE * SIZE + candidates[0].attentionScratch!(0, 0);
  const a = heap.allocate(floats * 4);
  new Float32Array(heap.memory.buffer, a, floats).fill(1);
  const [b, c, scratch] = [1, 2, 3].map((i) => a + i * SIZE * SIZE * 4) as [number, number, number];
  const best = candidates.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    candidates.forEach(({ gemm }, i) => {
      const start = performance.now();
      for (let call = 0; call < CALLS; call++) gemm!(0, SIZE, scratch, 0, a, SIZE, 0, b, SIZE, 0, c, SIZE, SIZE, SIZE, SIZE, 0, 0);
      best[i] = Math.min(best[i]!, performance.now() - start);
    });
  }
  heap.free(a);
  return best[1]! < best[0]!;
}
