import * as tf from '@tensorflow/tfjs-core';
import type { Heap } from './heap.ts';
import type { Pool } from './pool.ts';

/** What a kernel's host side works with: tensors as addresses in the heap, and the threads. */
export class Device {
  readonly pool: Pool;
  readonly heap: Heap;

  constructor(heap: Heap, pool: Pool) {
    this.heap = heap;
    this.pool = pool;
  }

  /** Where a tensor's data lie. */
  address(tensor: tf.TensorInfo): number {
    return this.heap.backend.getMemoryOffset(tensor.dataId);
  }

  /** A tensor of float32 whose data are not yet written. */
  output<T extends tf.Tensor>(shape: number[]): T {
    return tf.engine().makeTensorFromTensorInfo(this.heap.backend.makeOutput(shape, 'float32')) as T;
  }

  /** Calls `use` with `bytes` of heap that are given back after it. */
  withTemporary<T>(bytes: number, use: (address: number) => T): T {
    const address = this.heap.allocate(bytes);
    try {
      return use(address);
    } finally {
      this.heap.free(address);
    }
  }

  /** The heap's int32 at a tensor: a view that holds until the next allocation. */
  integers(tensor: tf.TensorInfo): Int32Array {
    return new Int32Array(this.heap.memory.buffer, this.address(tensor), tf.util.sizeFromShape(tensor.shape));
  }

  /** Throws RangeError unless every id is a row of a table of `rows`: a kernel would read beyond it. */
  checkIds(ids: tf.TensorInfo, rows: number): void {
    if (ids.dtype !== 'int32') throw new TypeError(`ids must be int32, not ${ids.dtype}`);
    for (const id of this.integers(ids)) {
      if (id < 0 || id >= rows) throw new RangeError(`id ${id} is not among the ${rows} rows of the table`);
    }
  }
}

/** An operand of a product: [rows, columns] row by row, or stored the other way round. */
export interface Operand {
  address: number;
  /** Floats from one stored row to the next. */
  step: number;
  transposed: boolean;
}

/** So many columns are worth splitting, where each thread would otherwise pack all of a matrix that is stored transposed. */
const COLUMNS = 64;

/**
 * c [m, n] = a·b (+ bias [n]) (+ base [m, n]; c itself to accumulate), on all threads. Split along the longer side, or so that what must be packed is packed once, which leaves every
 * element's bits as they are.
 */
export function multiply(
  device: Device,
  a: Operand,
  b: Operand,
  c: number,
  size: { m: number; n: number; k: number },
  options: { bias?: number; base?: number } = {},
): void {
  const { m, n, k } = size;
  const byColumns = n >= m || (b.transposed && n >= COLUMNS);
  device.pool.run('gemm', { units: byColumns ? n : m, grain: byColumns ? 16 : 4, work: m * n * k }, [
    ...[Number(byColumns), a.address, a.step, Number(a.transposed), b.address, b.step, Number(b.transposed)],
    ...[c, n, m, n, k, options.bias ?? 0, options.base ?? 0],
  ]);
}
