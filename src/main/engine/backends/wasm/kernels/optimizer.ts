import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';

/** Floats of a partial sum (assembly/adamw.ts, RUN). */
const RUN = 16384;

/** adamw in place, Σ g², and sums of gradients. */
export function optimizerKernels(device: Device): Pick<Kernels, 'adamw' | 'sumOfSquares' | 'accumulate'> {
  return {
    sumOfSquares(g) {
      const runs = Math.ceil(g.size / RUN);
      return device.withTemporary(runs * 8, (address) => {
        device.pool.run('sumOfSquares', { units: runs, work: 2 * g.size }, [device.address(g), address, g.size]);
        return new Float64Array(device.heap.memory.buffer, address, runs).reduce((total, part) => total + part, 0);
      });
    },

    accumulate(sum, x) {
      device.pool.run('addTo', { units: sum.size, grain: 64, work: 2 * sum.size }, [device.address(sum), device.address(x)]);
    },

    adamw(p, g, m, v, step) {
      const { learningRate, beta1, beta2, epsilon, weightDecay, c1, c2, scale } = step;
      device.pool.run('adamw', { units: p.size, grain: 64, work: 4 * p.size }, [
        ...[p, g, m, v].map((tensor) => device.address(tensor)),
        ...[learningRate / c1, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, 1 - learningRate * weightDecay, 1 / c2, scale],
      ]);
    },
  };
}
