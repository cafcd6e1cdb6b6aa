import * as tf from '@tensorflow/tfjs-core';
import { kernels } from './kernels.ts';
import { plusLinear } from './linear.ts';
import { isTrainable, taped } from './taped.ts';

/** A low-rank correction of a linear layer (Hu et al. 2021): A [r, K], B [N, r], and the scale α/r. */
export interface LowRank {
  a: tf.Tensor2D;
  b: tf.Tensor2D;
  scale: number;
}

/**
 * x [R, K] · w + bias + scale·(x·Aᵀ)·Bᵀ → [R, N], `w` and `bias` as in `linear`. Only [R, r] is kept beside what linear keeps; scale is applied there, where it is cheap.
 */
export function adaptedLinear(
  x: tf.Tensor2D,
  w: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  transposed: boolean,
  { a, b, scale }: LowRank,
): tf.Tensor2D {
  const wanted = { x: isTrainable(x), w: isTrainable(w), b: bias !== null && isTrainable(bias) };
  return taped([x, w, ...(bias ? [bias] : []), a, b], () => {
    const low = tf.tidy(() => tf.mul(kernels().linear(x, a, null, true), scale) as tf.Tensor2D); // [R, r]
    const value = plusLinear(kernels().linear(x, w, bias, transposed), low, b, true); // [R, N]
    return {
      value,
      saved: [x, w, a, b, low],
      gradient: (dy, saved) => {
        const [x, w, a, b, low] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
        const through = { x: true, w: true, b: false };
        const own = kernels().linearGradient(x, w, dy as tf.Tensor2D, transposed, wanted);
        const ofB = kernels().linearGradient(low, b, dy as tf.Tensor2D, true, through); // dx [R, r], dw [N, r]
        const dlow: tf.Tensor2D = tf.mul(ofB.dx!, scale);
        const ofA = kernels().linearGradient(x, a, dlow, true, { ...through, x: false }); // dw [r, K]
        const dx = own.dx && plusLinear(own.dx, dlow, a, false);
        return [dx, own.dw, ...(bias ? [own.db] : []), ofA.dw, ofB.dw];
      },
    };
  });
}
