import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import { type Device, multiply, type Operand } from '../device.ts';

/** linear: y [R, N] = x [R, K]·w + b and its gradients, each one product. */
export function linearKernels(device: Device): Pick<Kernels, 'linear' | 'linearGradient' | 'addLinear' | 'linearOnto'> {
  const rowsOf = (matrix: Tensor2D, transposed = false): Operand => ({
    address: device.address(matrix),
    step: matrix.shape[1],
    transposed,
  });
  return {
    linear(x, w, b, transposed) {
      const [m, k] = x.shape;
      const n = transposed ? w.shape[0] : w.shape[1];
      const y = device.output<Tensor2D>([m, n]);
      multiply(device, rowsOf(x), rowsOf(w, transposed), device.address(y), { m, n, k }, b ? { bias: device.address(b) } : {});
      return y;
    },

    addLinear(y, x, w, transposed) {
      const [m, n] = y.shape;
      multiply(device, rowsOf(x), rowsOf(w, transposed), device.address(y), { m, n, k: x.shape[1] }, { base: device.address(y) });
    },

    linearOnto(base, x, w, b, transposed) {
      const [m, n] = base.shape;
      const y = device.output<Tensor2D>([m, n]);
      const options = { base: device.address(base), ...(b ? { bias: device.address(b) } : {}) };
      multiply(device, rowsOf(x), rowsOf(w, transposed), device.address(y), { m, n, k: x.shape[1] }, options);
      return y;
    },

    linearGradient(x, w, dy, transposed, wanted) {
      const [rows, k] = x.shape;
      const n = dy.shape[1];
      let dx: Tensor2D | null = null;
      let dw: Tensor2D | null = null;
      let db: Tensor1D | null = null;
      if (wanted.x) {
        dx = device.output<Tensor2D>([rows, k]);
        multiply(device, rowsOf(dy), rowsOf(w, !transposed), device.address(dx), { m: rows, n: k, k: n });
      }
      if (wanted.w) {
        dw = device.output<Tensor2D>(w.shape);
        const [left, right] = transposed ? [dy, x] : [x, dy];
        multiply(device, rowsOf(left, true), rowsOf(right), device.address(dw), { m: w.shape[0], n: w.shape[1], k: rows });
      }
      if (wanted.b) {
        db = device.output<Tensor1D>([n]);
        device.pool.run('columnSums', { units: n, grain: 16, work: 4 * rows * n }, [device.address(dy), device.address(db), rows, n]);
      }
      return { dx, dw, db };
    },
  };
}
