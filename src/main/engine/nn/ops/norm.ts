import type * as tf from '@tensorflow/tfjs-core';
import { kernels } from './kernels.ts';
import { isTrainable, taped } from './taped.ts';

/** LayerNorm or RMSNorm over the rows of x [R, D]. */
export function norm(x: tf.Tensor2D, gain: tf.Tensor1D, bias: tf.Tensor1D | null, epsilon: number, kind: 'layer' | 'rms'): tf.Tensor2D {
  const wantsParameters = isTrainable(gain) || (bias !== null && isTrainable(bias));
  return taped(bias ? [x, gain, bias] : [x, gain], () => {
    const { y, statistics } = kernels().norm(x, gain, bias, epsilon, kind);
    return {
      value: y,
      saved: [x, gain, statistics],
      gradient: (dy, [x, gain, statistics]) => {
        const { dx, dgain, dbias } = kernels().normGradient(
          x as tf.Tensor2D,
          gain as tf.Tensor1D,
          statistics as tf.Tensor2D,
          dy as tf.Tensor2D,
          kind,
          wantsParameters,
        );
        return bias ? [dx, dgain, dbias] : [dx, dgain];
      },
    };
  });
}
