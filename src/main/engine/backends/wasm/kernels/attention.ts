import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';

type AttentionKernels = Pick<Kernels, 'attention' | 'attentionGradient' | 'decodeAttention'>;

/** Causal attention, its gradient, and its one-token step on a cache. `saved` holds log Σ e^score [B, H, T]. */
export function attentionKernels(device: Device): AttentionKernels {
  const reserve = (length: number): void => device.pool.reserve(device.pool.attentionScratch(length) * 4);
  return {
    attention(q, k, v, mask, heads, groups) {
      const [batch, length, width] = q.shape;
      const y = device.output<Tensor3D>([batch, length, width]);
      const logSums = device.output<Tensor3D>([batch, heads, length]);
      reserve(length);
      device.pool.run('attentionForward', { units: batch * heads, work: batch * length * length * width }, [
        ...[q, k, v, mask, y, logSums].map((tensor) => device.address(tensor)),
        ...[length, heads, groups, width / heads],
      ]);
      return { y, saved: [logSums] };
    },

    attentionGradient(q, k, v, mask, heads, groups, y, saved, dy) {
      const [batch, length, width] = q.shape;
      const dq = device.output<Tensor3D>(q.shape);
      const dk = device.output<Tensor3D>(k.shape);
      const dv = device.output<Tensor3D>(v.shape);
      reserve(length);
      device.pool.run('attentionBackward', { units: batch * groups, work: 3 * batch * length * length * width }, [
        ...[q, k, v, mask, y, saved[0]!, dy, dq, dk, dv].map((tensor) => device.address(tensor)),
        ...[length, heads, groups, width / heads],
      ]);
      return { dq, dk, dv };
    },

    decodeAttention(q, k, v, keys, values, from, position, heads, groups) {
      const [batch, width] = q.shape;
      const capacity = keys.shape[1];
      const y = device.output<Tensor2D>([batch, width]);
      reserve(capacity);
      const work = 2 * width * seen(from, position, batch, capacity);
      device.withTemporary(8 * batch, (places) => {
        const words = new Int32Array(device.heap.memory.buffer, places, 2 * batch);
        words.set(from);
        words.set(position, batch);
        device.pool.run('attentionDecode', { units: batch * groups, work }, [
          ...[q, k, v, keys, values].map((tensor) => device.address(tensor)),
          ...[places, places + 4 * batch, device.address(y), width, k.shape[1], capacity, heads, groups, width / heads],
        ]);
      });
      return y;
    },
  };
}

/** Cache rows that a step reads in all. @throws RangeError where a row would look beyond its cache. */
export function seen(from: Int32Array, position: Int32Array, batch: number, capacity: number): number {
  if (from.length !== batch || position.length !== batch) throw new RangeError(`from and position must have ${batch} elements`);
  return position.reduce((total, last, row) => {
    const first = from[row]!;
    if (first < 0 || first > last || last >= capacity) throw new RangeError(`cache rows ${first} to ${last} of ${capacity}`);
    return total + last - first + 1;
  }, 0);
}
