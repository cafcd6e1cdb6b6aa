import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import type { KernelName } from '../pool.ts';

/** Multiply-adds that one exponential is worth. */
const WORK = 8;

/** gelu and swiglu: elementwise, so the number of rows does not matter. */
export function activationKernels(device: Device): Pick<Kernels, 'gelu' | 'geluGradient' | 'swiglu' | 'swigluGradient'> {
  const run = (name: KernelName, inputs: Tensor2D[], outputs: number): Tensor2D[] => {
    const { shape, size } = inputs[0]!;
    const made = Array.from({ length: outputs }, () => device.output<Tensor2D>(shape));
    device.pool.run(
      name,
      { units: size, grain: 64, work: WORK * size },
      [...inputs, ...made].map((tensor) => device.address(tensor)),
    );
    return made;
  };
  return {
    gelu: (x) => run('geluForward', [x], 1)[0]!,
    geluGradient: (x, dy) => run('geluBackward', [x, dy], 1)[0]!,
    swiglu: (gate, up) => run('swigluForward', [gate, up], 1)[0]!,
    swigluGradient(gate, up, dy) {
      const [dgate, dup] = run('swigluBackward', [gate, up, dy], 2);
      return { dgate: dgate!, dup: dup! };
    },
  };
}
