import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';

/** embed and rope: what turns ids and positions into vectors. */
export function embedKernels(device: Device): Pick<Kernels, 'embed' | 'embedGradient' | 'rope'> {
  return {
    embed(table, ids) {
      const [rows, width] = table.shape;
      device.checkIds(ids, rows);
      const y = device.output<Tensor2D>([ids.size, width]);
      device.pool.run('embedForward', { units: ids.size, work: ids.size * width }, [
        ...[device.address(table), device.address(ids), device.address(y), width],
      ]);
      return y;
    },

    embedGradient(shape, ids, dy) {
      const [rows, width] = shape;
      device.checkIds(ids, rows);
      const dtable = device.output<Tensor2D>([rows, width]);
      embedSum(device, shape, ids.size, device.address(ids), device.address(dy), device.address(dtable));
      return dtable;
    },

    rope(x, cos, sin, positions, heads, sign) {
      const [batch, length, width] = x.shape;
      device.checkIds(positions, cos.shape[0]);
      const y = device.output<Tensor3D>([batch, length, width]);
      device.pool.run('rope', { units: batch * length, work: 2 * x.size }, [
        ...[device.address(x), device.address(y), device.address(cos), device.address(sin), device.address(positions)],
        ...[heads, width / heads, sign],
      ]);
      return y;
    },
  };
}

/** Fills `out` [V, D] with the sums of dy's rows [count, D] by id; an id outside the table adds nothing. All but the shape are addresses. */
export function embedSum(device: Device, shape: [number, number], count: number, ids: number, dy: number, out: number): void {
  const [rows, width] = shape;
  device.pool.run('clear', { units: rows * width, grain: 64, work: rows * width }, [out]);
  device.pool.run('embedBackward', { units: width, grain: 16, work: count * width }, [ids, dy, out, count, rows, width]);
}
