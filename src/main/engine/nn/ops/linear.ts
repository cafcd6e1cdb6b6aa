import * as tf from '@tensorflow/tfjs-core';
import { kernels } from './kernels.ts';
import { isTrainable, tapedTogether } from './taped.ts';

/** A low-rank correction of a linear layer (Hu et al. 2021): A [r, K], B [N, r], and the scale α/r. */
export interface LowRank {
  a: tf.Tensor2D;
  b: tf.Tensor2D;
  scale: number;
}

/** Weights of a linear layer, its bias and its correction where it has them. `w` is [K, N] (GPT-2's Conv1D), or [N, K] where layers are `transposed` (torch's Linear). */
export interface LinearLayer {
  w: tf.Tensor2D;
  b: tf.Tensor1D | null;
  correction?: LowRank | undefined;
}

/** x [R, K] · w + b → [R, N]. */
export function linear(x: tf.Tensor2D, w: tf.Tensor2D, b: tf.Tensor1D | null, transposed: boolean): tf.Tensor2D {
  return product(x, [{ w, b }], transposed, null)[0]!;
}

/**
 * Several linear layers of one input x [R, K] → x·w + b + scale·(x·Aᵀ)·Bᵀ [R, N] each. Their gradients by x are summed in the products themselves, and x is kept once. Of
 * a correction only x·Aᵀ [R, r] is kept beside that; scale is applied there, where it is cheap.
 */
export function linears(x: tf.Tensor2D, layers: readonly LinearLayer[], transposed: boolean): tf.Tensor2D[] {
  return product(x, layers, transposed, null);
}

/** base [R, N] + a linear layer of x: what a block adds to the residual stream. */
export function residualLinear(base: tf.Tensor2D, x: tf.Tensor2D, layer: LinearLayer, transposed: boolean): tf.Tensor2D {
  return product(x, [layer], transposed, base)[0]!;
}

function product(x: tf.Tensor2D, layers: readonly LinearLayer[], transposed: boolean, base: tf.Tensor2D | null): tf.Tensor2D[] {
  const wantsX = isTrainable(x);
  const wanted = layers.map(({ w, b }) => ({ w: isTrainable(w), b: b !== null && isTrainable(b) }));
  const inputs = layers.flatMap(({ w, b, correction }) => [w, ...(b ? [b] : []), ...(correction ? [correction.a, correction.b] : [])]);
  return tapedTogether([...(base ? [base] : []), x, ...inputs], () => {
    const results = layers.map((layer) => forward(x, layer, transposed, base));
    return {
      values: results.map(({ value }) => value),
      saved: [x, ...results.flatMap(({ saved }) => saved)],
      gradient: (dys, [x, ...kept]) => {
        let dx: tf.Tensor2D | null = null;
        const ofLayers = layers.flatMap((layer, i) => {
          const saved = kept.splice(0, layer.correction ? 4 : 1) as tf.Tensor2D[];
          const step = backward(x as tf.Tensor2D, layer, saved, dys[i] as tf.Tensor2D, transposed, { x: wantsX, ...wanted[i]! }, dx);
          dx = step.dx;
          return step.gradients;
        });
        return [...(base ? [tf.reshape(dys[0]!, base.shape)] : []), dx, ...ofLayers]; // base's: a tensor of its own on dy's data
      },
    };
  });
}

/** One layer's value, and what its gradient needs beside x: w, and of a correction A, B and scale·x·Aᵀ. */
function forward(
  x: tf.Tensor2D,
  { w, b, correction }: LinearLayer,
  transposed: boolean,
  base: tf.Tensor2D | null,
): { value: tf.Tensor2D; saved: tf.Tensor2D[] } {
  const { linear, linearOnto } = kernels();
  const plain = () => linear(x, w, b, transposed);
  const onto = (base: tf.Tensor2D) =>
    linearOnto ? linearOnto(base, x, w, b, transposed) : tf.tidy(() => tf.add(base, plain()) as tf.Tensor2D);
  const value = base ? onto(base) : plain();
  if (!correction) return { value, saved: [w] };
  const low = scaledLinear(x, correction.a, true, correction.scale); // [R, r]
  return { value: plusLinear(value, low, correction.b, true), saved: [w, correction.a, correction.b, low] };
}

/** One layer's gradients: by x added to `dx`, those of the layers before it, which is used up; and by w, the bias, A and B, as far as there are any. */
function backward(
  x: tf.Tensor2D,
  { b: bias, correction }: LinearLayer,
  [w, a, b, low]: tf.Tensor2D[],
  dy: tf.Tensor2D,
  transposed: boolean,
  wanted: { x: boolean; w: boolean; b: boolean },
  dx: tf.Tensor2D | null,
): { dx: tf.Tensor2D | null; gradients: (tf.Tensor | null)[] } {
  const { linearGradient } = kernels();
  const own = linearGradient(x, w!, dy, transposed, { ...wanted, x: wanted.x && dx === null });
  const sum = dx ? plusLinear(dx, dy, w!, !transposed) : own.dx;
  const ofWeights = bias ? [own.dw, own.db] : [own.dw];
  if (!correction) return { dx: sum, gradients: ofWeights };
  const ofB = linearGradient(low!, b!, dy, true, { x: false, w: true, b: false }); // dw [N, r]
  const dlow = scaledLinear(dy, b!, false, correction.scale); // [R, r]
  const ofA = linearGradient(x, a!, dlow, true, { x: false, w: true, b: false }); // dw [r, K]
  const whole = sum && plusLinear(sum, dlow, a!, false);
  dlow.dispose();
  return { dx: whole, gradients: [...ofWeights, ofA.dw, ofB.dw] };
}

/** scale·x·w. */
function scaledLinear(x: tf.Tensor2D, w: tf.Tensor2D, transposed: boolean, scale: number): tf.Tensor2D {
  const { scaledLinear, linear } = kernels();
  if (scaledLinear) return scaledLinear(x, w, transposed, scale);
  return tf.tidy(() => tf.mul(linear(x, w, null, transposed), scale));
}

/** y + x·w; y is a tensor just made, and is used up. */
function plusLinear(y: tf.Tensor2D, x: tf.Tensor2D, w: tf.Tensor2D, transposed: boolean): tf.Tensor2D {
  const { addLinear, linear } = kernels();
  if (addLinear) {
    addLinear(y, x, w, transposed);
    return y;
  }
  const sum: tf.Tensor2D = tf.tidy(() => tf.add(y, linear(x, w, null, transposed)));
  y.dispose();
  return sum;
}
