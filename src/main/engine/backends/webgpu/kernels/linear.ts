import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { sum } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { multiply, type Operand } from './gemm.ts';

/** The linear layer: its bias is added, and the bias's gradient summed, in the same dispatch as a product. */
export function linearKernels(device: Device): Pick<Kernels, 'linear' | 'linearGradient' | 'addLinear'> {
  const stored = (tensor: Tensor2D, transposed: boolean): Operand => ({ tensor, step: tensor.shape[1], transposed });
  return {
    linear(x, w, b, transposed) {
      const [m, k] = x.shape;
      const n = transposed ? w.shape[0] : w.shape[1];
      const y = device.output<Tensor2D>([m, n]);
      multiply(device, stored(x, false), stored(w, transposed), { tensor: y }, { m, n, k }, b ? { kind: 'bias', tensor: b } : undefined);
      return y;
    },

    addLinear(y, x, w, transposed) {
      const [m, n] = y.shape;
      multiply(device, stored(x, false), stored(w, transposed), { tensor: y }, { m, n, k: x.shape[1] }, { kind: 'add' });
    },

    linearGradient(x, w, dy, transposed, wanted) {
      const [rows, n] = dy.shape;
      const k = x.shape[1];
      let dx: Tensor2D | null = null;
      if (wanted.x) {
        dx = device.output<Tensor2D>([rows, k]);
        multiply(device, stored(dy, false), stored(w, !transposed), { tensor: dx }, { m: rows, n: k, k: n });
      }
      if (!wanted.w) return { dx, dw: null, db: wanted.b ? (sum(dy, 0) as Tensor1D) : null };
      const dw = device.output<Tensor2D>(w.shape);
      const db = wanted.b ? device.output<Tensor1D>([n]) : null;
      const [a, b] = transposed ? [dy, x] : [x, dy]; // dw [N, K] = dyᵀ·x, or [K, N] = xᵀ·dy
      const size = transposed ? { m: n, n: k, k: rows } : { m: k, n, k: rows };
      const extra = db ? ({ kind: transposed ? 'rowSums' : 'columnSums', tensor: db } as const) : undefined;
      multiply(device, stored(a, true), stored(b, false), { tensor: dw }, size, extra);
      return { dx, dw, db };
    },
  };
}
