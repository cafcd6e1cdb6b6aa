import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';

type AttentionKernels = Pick<Kernels, 'attention' | 'attentionGradient' | 'attentionOfOne' | 'attentionOfOneGradient' | 'decodeAttention'>;

/** Where q, k and v, or their gradients, lie: addresses, and floats from row to row of q and of the other two. */
interface Rows {
  q: number;
  k: number;
  v: number;
  qStep: number;
  kStep: number;
}

/** Causal attention, its gradient, and its one-token step on a cache. `saved` holds log Σ e^score [B, H, T]. */
export function attentionKernels(device: Device): AttentionKernels {
  const apart = (q: Tensor3D, k: Tensor3D, v: Tensor3D): Rows => ({
    q: device.address(q),
    k: device.address(k),
    v: device.address(v),
    qStep: q.shape[2],
    kStep: k.shape[2],
  });
  /** Side by side in one tensor [B, T, (H + 2G)·E]. */
  const together = (qkv: Tensor3D, heads: number, groups: number): Rows => {
    const step = qkv.shape[2];
    const headWidth = step / (heads + 2 * groups);
    const q = device.address(qkv);
    return { q, k: q + 4 * heads * headWidth, v: q + 4 * (heads + groups) * headWidth, qStep: step, kStep: step };
  };

  const forward = (rows: Rows, mask: Tensor2D, heads: number, groups: number, headWidth: number) => {
    const [batch, length] = mask.shape;
    const width = heads * headWidth;
    const y = device.output<Tensor3D>([batch, length, width]);
    const logSums = device.output<Tensor3D>([batch, heads, length]);
    device.pool.reserve(device.pool.attentionScratch(length, headWidth) * 4);
    device.pool.run('attentionForward', { units: batch * groups, work: batch * length * length * width }, [
      ...[rows.q, rows.k, rows.v, device.address(mask), device.address(y), device.address(logSums)],
      ...[rows.qStep, rows.kStep, length, heads, groups, headWidth],
    ]);
    return { y, saved: [logSums] };
  };

  const backward = (
    rows: Rows,
    mask: Tensor2D,
    heads: number,
    groups: number,
    y: Tensor3D,
    logSums: Tensor,
    dy: Tensor3D,
    to: Rows,
  ): void => {
    const [batch, length, width] = y.shape;
    const headWidth = width / heads;
    device.pool.reserve(device.pool.attentionScratch(length, headWidth) * 4);
    device.pool.run('attentionBackward', { units: batch * groups, work: 3 * batch * length * length * width }, [
      ...[rows.q, rows.k, rows.v, ...[mask, y, logSums, dy].map((tensor) => device.address(tensor)), to.q, to.k, to.v],
      ...[rows.qStep, rows.kStep, length, heads, groups, headWidth],
    ]);
  };

  return {
    attention: (q, k, v, mask, heads, groups) => forward(apart(q, k, v), mask, heads, groups, q.shape[2] / heads),

    attentionGradient(q, k, v, mask, heads, groups, y, saved, dy) {
      const [dq, dk, dv] = [q, k, v].map(({ shape }) => device.output<Tensor3D>(shape)) as [Tensor3D, Tensor3D, Tensor3D];
      backward(apart(q, k, v), mask, heads, groups, y, saved[0]!, dy, apart(dq, dk, dv));
      return { dq, dk, dv };
    },

    attentionOfOne: (qkv, mask, heads, groups) =>
      forward(together(qkv, heads, groups), mask, heads, groups, qkv.shape[2] / (heads + 2 * groups)),

    attentionOfOneGradient(qkv, mask, heads, groups, y, saved, dy) {
      const dqkv = device.output<Tensor3D>(qkv.shape);
      backward(together(qkv, heads, groups), mask, heads, groups, y, saved[0]!, dy, together(dqkv, heads, groups));
      return dqkv;
    },

    decodeAttention(q, k, v, keys, values, from, position, heads, groups) {
      const [batch, width] = q.shape;
      const capacity = keys.shape[1];
      const y = device.output<Tensor2D>([batch, width]);
      device.pool.reserve(device.pool.attentionScratch(capacity) * 4);
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
