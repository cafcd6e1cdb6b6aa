import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { sum } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { type Extra, multiply, type Operand } from './gemm.ts';

/** The linear layer: its bias is added, and the bias's gradient summed, in the same dispatch as a product. */
export function linearKernels(device: Device): Pick<Kernels, 'linear' | 'linearGradient' | 'addLinear' | 'linearOnto' | 'scaledLinear'> {
  const stored = (tensor: Tensor2D, transposed: boolean): Operand => ({ tensor, step: tensor.shape[1], transposed });
  const product = (y: Tensor2D, x: Tensor2D, w: Tensor2D, transposed: boolean, extra: Extra) => {
    const [m, n] = y.shape;
    multiply(device, stored(x, false), stored(w, transposed), { tensor: y }, { m, n, k: x.shape[1] }, extra);
  };
  return {
    linear(x, w, b, transposed) {
      const y = device.output<Tensor2D>([x.shape[0], transposed ? w.shape[0] : w.shape[1]]);
      product(y, x, w, transposed, { bias: b });
      return y;
    },

    scaledLinear(x, w, transposed, scale) {
      const y = device.output<Tensor2D>([x.shape[0], transposed ? w.shape[0] : w.shape[1]]);
      product(y, x, w, transposed, { scale });
      return y;
    },

    addLinear(y, x, w, transposed) {
      product(y, x, w, transposed, { addTo: 'itself' });
    },

    linearOnto(base, x, w, b, transposed) {
      const y = device.output<Tensor2D>(base.shape);
      product(y, x, w, transposed, { bias: b, addTo: { base } });
      return y;
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
      const extra: Extra = db ? { sums: { of: transposed ? 'rows' : 'columns', into: db } } : {};
      multiply(device, stored(a, true), stored(b, false), { tensor: dw }, size, extra);
      return { dx, dw, db };
    },
  };
}
