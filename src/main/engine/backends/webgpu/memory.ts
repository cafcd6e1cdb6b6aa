import { PlainError } from '#shared/errors.ts';
import type { Failure } from './failure.ts';

/** Free buffers are kept up to this many bytes, or as many as are in use, whichever is more. */
const KEPT_FREE_BYTES = 2 ** 28;

/**
 * tfjs's buffer manager, made safe. The stock one keys its pool by exact size and never shrinks, so texts of many lengths fill the GPU; and a buffer beyond the
 * device's limits gives zeros instead of an error. Here sizes are rounded up to 16 steps an octave, free buffers beyond a bound are given back to the GPU,
 * and limits are checked first. The fields are those that tfjs reads.
 */
export class Buffers {
  readonly #device: GPUDevice;
  readonly #failure: Failure;
  readonly #budget: number;
  readonly #free = new Map<string, GPUBuffer[]>();
  readonly #used = new Set<GPUBuffer>();
  #freeBytes = 0;
  numFreeBuffers = 0;
  numBytesUsed = 0;

  /** @param budget Bytes that may be allocated in all. */
  constructor(device: GPUDevice, failure: Failure, budget: number) {
    this.#device = device;
    this.#failure = failure;
    this.#budget = budget;
  }

  get numUsedBuffers(): number {
    return this.#used.size;
  }

  get numBytesAllocated(): number {
    return this.numBytesUsed + this.#freeBytes;
  }

  /**
   * A buffer of at least `size` bytes, its content unspecified.
   * @throws PlainError `no_space` when it is larger than the device allows or than what is left of the budget; whatever ended the device before.
   */
  acquireBuffer(size: number, usage: number, mappedAtCreation = false, reuse = true): GPUBuffer {
    this.#failure.check();
    const bytes = rounded(size, this.#largest(usage));
    const pool = reuse && !mappedAtCreation ? this.#free.get(keyOf(bytes, usage)) : undefined;
    const pooled = pool?.pop();
    if (pooled) {
      this.numFreeBuffers--;
      this.#freeBytes -= bytes;
    } else this.#makeRoom(bytes);
    const buffer = pooled ?? this.#device.createBuffer({ size: bytes, usage, mappedAtCreation });
    this.#used.add(buffer);
    this.numBytesUsed += bytes;
    return buffer;
  }

  releaseBuffer(buffer: GPUBuffer, reuse = true): void {
    if (!this.#used.delete(buffer)) return;
    const { size, usage } = buffer;
    this.numBytesUsed -= size;
    if (!reuse) {
      buffer.destroy();
      return;
    }
    const key = keyOf(size, usage);
    const pool = this.#free.get(key) ?? [];
    pool.push(buffer);
    this.#free.delete(key); // and to the end: what was used last is given back last
    this.#free.set(key, pool);
    this.numFreeBuffers++;
    this.#freeBytes += size;
    this.#shrinkTo(Math.max(KEPT_FREE_BYTES, this.numBytesUsed));
  }

  getNumUsedBuffers(): number {
    return this.numUsedBuffers;
  }

  getNumFreeBuffers(): number {
    return this.numFreeBuffers;
  }

  dispose(): void {
    this.#shrinkTo(0);
    for (const buffer of this.#used) buffer.destroy();
    this.#used.clear();
    this.numBytesUsed = 0;
  }

  #largest(usage: number): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.limits;
    return usage & GPUBufferUsage.STORAGE ? Math.min(maxBufferSize, maxStorageBufferBindingSize) : maxBufferSize;
  }

  #makeRoom(bytes: number): void {
    if (this.numBytesAllocated + bytes <= this.#budget) return;
    this.#shrinkTo(Math.max(0, this.#budget - this.numBytesUsed - bytes));
    if (this.numBytesAllocated + bytes <= this.#budget) return;
    throw new PlainError(
      'no_space',
      `The GPU's memory is full: ${words(this.numBytesUsed)} of ${words(this.#budget)} are in use and ${words(bytes)} more are needed. Take a smaller batch, shorter texts or a smaller model, or train on the CPU.`,
    );
  }

  /** Gives free buffers back to the GPU, those unused for longest first. None of them is named by work that is not yet submitted. */
  #shrinkTo(bytes: number): void {
    for (const [key, pool] of this.#free) {
      while (pool.length > 0 && this.#freeBytes > bytes) {
        const buffer = pool.pop()!;
        this.#freeBytes -= buffer.size;
        this.numFreeBuffers--;
        buffer.destroy();
      }
      if (pool.length === 0) this.#free.delete(key);
    }
  }
}

/**
 * Bytes that a buffer of `size` takes: up to the next of 16 steps between powers of two, at most 6% more.
 * @throws PlainError `no_space` beyond `largest`.
 */
export function rounded(size: number, largest: number): number {
  if (size > largest) {
    throw new PlainError(
      'no_space',
      `This needs ${words(size)} in one piece, and the GPU gives at most ${words(largest)}. Take a smaller model, a smaller batch or shorter texts, or train on the CPU.`,
    );
  }
  if (size <= 256) return 256;
  const step = 2 ** Math.floor(Math.log2(size)) / 16;
  return Math.min(largest, Math.ceil(size / step) * step);
}

/** "1.5 GB". */
export function words(bytes: number): string {
  for (const [unit, name] of [
    [2 ** 30, 'GB'],
    [2 ** 20, 'MB'],
    [2 ** 10, 'KB'],
  ] as const) {
    if (bytes >= unit) return `${(bytes / unit).toFixed(1)} ${name}`;
  }
  return `${bytes} bytes`;
}

function keyOf(size: number, usage: number): string {
  return `${size} ${usage}`;
}
