import type * as tf from '@tensorflow/tfjs-core';
import { kernels } from './kernels.ts';
import { taped } from './taped.ts';

/** GPT-2's gelu (Hendrycks & Gimpel 2016, with tanh): ½x(1 + tanh(√(2/π)(x + 0.044715x³))). */
export function gelu(x: tf.Tensor2D): tf.Tensor2D {
  return taped([x], () => ({
    value: kernels().gelu(x),
    saved: [x],
    gradient: (dy, [x]) => [kernels().geluGradient(x as tf.Tensor2D, dy as tf.Tensor2D)],
  }));
}

/** Llama's gate (Shazeer 2020): silu(gate)·up. */
export function swiglu(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  return taped([gate, up], () => ({
    value: kernels().swiglu(gate, up),
    saved: [gate, up],
    gradient: (dy, [gate, up]) => {
      const { dgate, dup } = kernels().swigluGradient(gate as tf.Tensor2D, up as tf.Tensor2D, dy as tf.Tensor2D);
      return [dgate, dup];
    },
  }));
}
