import * as tf from '@tensorflow/tfjs-core';
import { taped } from './taped.ts';

/**
 * Activation recomputation (Chen et al. 2016): `run(x, constants)` [R, D] → [R, D] whose inner activations are not kept for the backward pass but computed once more there.
 * The gradient is the same to the bit; a layer costs one more forward pass, and between the passes only x is held.
 * `run` may use nothing that is differentiable but x and `variables`; tensors that it needs besides (positions, masks) come as `constants`, because those that a
 * closure holds are gone by the time of the backward pass.
 */
export function recomputed(
  run: (x: tf.Tensor2D, constants: tf.Tensor[]) => tf.Tensor2D,
  x: tf.Tensor2D,
  variables: readonly tf.Variable[],
  constants: readonly tf.Tensor[],
): tf.Tensor2D {
  return taped([x, ...(variables as readonly tf.Tensor[])], () => ({
    value: run(x, [...constants]),
    saved: [x, ...constants],
    gradient: (dy, [x, ...constants]) => {
      const inputs = [x!, ...(variables as readonly tf.Tensor[])];
      return onTapeOfItsOwn(() => {
        const { value, grads } = tf.engine().gradients(() => run(x as tf.Tensor2D, constants), inputs, dy, true);
        value.dispose();
        return grads;
      });
    },
  }));
}

/** tfjs forgets its tape when a gradient is done, which here is in the middle of another's backward pass. */
function onTapeOfItsOwn<Result>(differentiate: () => Result): Result {
  const { state } = tf.engine();
  const { activeTape } = state;
  try {
    return differentiate();
  } finally {
    state.activeTape = activeTape;
  }
}
