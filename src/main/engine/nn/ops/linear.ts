import type * as tf from '@tensorflow/tfjs-core';
import { kernels } from './kernels.ts';
import { isTrainable, taped } from './taped.ts';

/** x [R, K] · w + b → [R, N]. `w` is [K, N] (GPT-2's Conv1D), or [N, K] when `transposed` (torch's Linear). */
export function linear(x: tf.Tensor2D, w: tf.Tensor2D, b: tf.Tensor1D | null, transposed: boolean): tf.Tensor2D {
  const wanted = { x: isTrainable(x), w: isTrainable(w), b: b !== null && isTrainable(b) };
  return taped(b ? [x, w, b] : [x, w], () => ({
    value: kernels().linear(x, w, b, transposed),
    saved: [x, w],
    gradient: (dy, [x, w]) => {
      const { dx, dw, db } = kernels().linearGradient(x as tf.Tensor2D, w as tf.Tensor2D, dy as tf.Tensor2D, transposed, wanted);
      return b ? [dx, dw, db] : [dx, dw];
    },
  }));
}
