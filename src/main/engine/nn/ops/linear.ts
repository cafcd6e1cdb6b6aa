import * as tf from '@tensorflow/tfjs-core';
import { kernels } from './kernels.ts';
import { isTrainable, taped, tapedTogether } from './taped.ts';

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

/** Weights of a linear layer, and its bias where it has one. */
export interface LinearLayer {
  w: tf.Tensor2D;
  b: tf.Tensor1D | null;
}

/** Several linear layers of one input x [R, K] → [R, N] each. Their gradients by x are summed in the products themselves. */
export function linears(x: tf.Tensor2D, layers: readonly LinearLayer[], transposed: boolean): tf.Tensor2D[] {
  const wanted = layers.map(({ w, b }) => ({ w: isTrainable(w), b: b !== null && isTrainable(b) }));
  const wantsX = isTrainable(x);
  return tapedTogether([x, ...layers.flatMap(({ w, b }) => (b ? [w, b] : [w]))], () => ({
    values: layers.map(({ w, b }) => kernels().linear(x, w, b, transposed)),
    saved: [x, ...layers.map(({ w }) => w)],
    gradient: (dys, [x, ...ws]) => {
      let dx: tf.Tensor2D | null = null;
      const ofLayers = layers.flatMap(({ b }, i) => {
        const [w, dy] = [ws[i] as tf.Tensor2D, dys[i] as tf.Tensor2D];
        const own = kernels().linearGradient(x as tf.Tensor2D, w, dy, transposed, { x: wantsX && i === 0, ...wanted[i]! });
        if (wantsX) dx = dx ? plusLinear(dx, dy, w, !transposed) : own.dx;
        return b ? [own.dw, own.db] : [own.dw];
      });
      return [dx, ...ofLayers];
    },
  }));
}

/** base [R, N] + x [R, K]·w + b → [R, N]: what a block adds to the residual stream. */
export function residualLinear(base: tf.Tensor2D, x: tf.Tensor2D, { w, b }: LinearLayer, transposed: boolean): tf.Tensor2D {
  const wanted = { x: isTrainable(x), w: isTrainable(w), b: b !== null && isTrainable(b) };
  return taped(b ? [base, x, w, b] : [base, x, w], () => {
    const { linear, linearOnto } = kernels();
    return {
      value: linearOnto ? linearOnto(base, x, w, b, transposed) : tf.tidy(() => tf.add(base, linear(x, w, b, transposed))),
      saved: [x, w],
      gradient: (dy, [x, w]) => {
        const { dx, dw, db } = kernels().linearGradient(x as tf.Tensor2D, w as tf.Tensor2D, dy as tf.Tensor2D, transposed, wanted);
        const dbase = tf.reshape(dy, dy.shape); // a tensor of its own on dy's data
        return b ? [dbase, dx, dw, db] : [dbase, dx, dw];
      },
    };
  });
}

/** y + x·w; y is a tensor just made, and is used up. */
export function plusLinear(y: tf.Tensor2D, x: tf.Tensor2D, w: tf.Tensor2D, transposed: boolean): tf.Tensor2D {
  const { addLinear, linear } = kernels();
  if (addLinear) {
    addLinear(y, x, w, transposed);
    return y;
  }
  const sum: tf.Tensor2D = tf.tidy(() => tf.add(y, linear(x, w, null, transposed)));
  y.dispose();
  return sum;
}
