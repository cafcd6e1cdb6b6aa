import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';

/** norm: LayerNorm and RMSNorm. The input's gradient goes by rows, the parameters' by columns, so that no sum is split over threads. */
export function normKernels(device: Device): Pick<Kernels, 'norm' | 'normGradient'> {
  return {
    norm(x, gain, bias, epsilon, kind) {
      const [rows, width] = x.shape;
      const y = device.output<Tensor2D>([rows, width]);
      const statistics = device.output<Tensor2D>([rows, 2]);
      device.pool.run('normForward', { units: rows, work: 6 * rows * width }, [
        ...[device.address(x), device.address(gain), bias ? device.address(bias) : 0, device.address(y)],
        ...[device.address(statistics), width, epsilon, Number(kind === 'layer')],
      ]);
      return { y, statistics };
    },

    normGradient(x, gain, statistics, dy, kind) {
      const [rows, width] = x.shape;
      const dx = device.output<Tensor2D>([rows, width]);
      const dgain = device.output<Tensor1D>([width]);
      const dbias = device.output<Tensor1D>([width]);
      const inputs = { x: device.address(x), statistics: device.address(statistics), dy: device.address(dy) };
      device.pool.run('normBackward', { units: rows, work: 6 * rows * width }, [
        ...[inputs.x, device.address(gain), inputs.statistics, inputs.dy, device.address(dx), width, Number(kind === 'layer')],
      ]);
      device.pool.run('normParameters', { units: width, grain: 16, work: 8 * rows * width }, [
        ...[inputs.x, inputs.statistics, inputs.dy, device.address(dgain), device.address(dbias), rows, width],
      ]);
      return { dx, dgain, dbias };
    },
  };
}
