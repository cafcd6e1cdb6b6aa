import * as tf from '@tensorflow/tfjs-core';

/** What an op gives to the tape: its value, the tensors its gradient will need, and that gradient. */
export interface Taped {
  value: tf.Tensor;
  saved: tf.Tensor[];
  /** From dy and the saved tensors, a gradient for each input, in order; null for one that is not wanted. */
  gradient(dy: tf.Tensor, saved: tf.Tensor[]): (tf.Tensor | null)[];
}

/**
 * Runs `forward` off the tape and records it as one op with its own gradient. `inputs` are the differentiable ones; anything else that the gradient needs
 * (ids, masks, statistics) must be among `saved`, since tensors that a closure holds are disposed when the forward pass ends. `gradient` returns tensors of
 * its own, never dy or a saved one: those are given back as soon as it returns.
 */
export function taped<Value extends tf.Tensor>(inputs: tf.Tensor[], forward: () => Taped): Value {
  const op = tf.customGrad((...args: unknown[]) => {
    const save = args.at(-1) as tf.GradSaveFunc;
    const { value, saved, gradient } = forward();
    save(saved);
    return {
      value,
      gradFunc: (dy: tf.Tensor, kept: tf.Tensor[]) => {
        const gradients = gradient(dy, kept).map((g) => g ?? tf.scalar(0));
        // tfjs would hold every dy and every saved activation until the whole backward pass is over; each is needed by this op alone.
        tf.dispose([dy, ...kept]);
        return gradients;
      },
    };
  });
  return op(...inputs) as Value;
}

let sought: ReadonlySet<tf.Tensor> | null = null;

/** Runs `differentiate`, which wants gradients of these variables and of no other: all others are frozen meanwhile. */
export function seeking<Result>(variables: readonly tf.Variable[], differentiate: () => Result): Result {
  const before = sought;
  sought = new Set<tf.Tensor>(variables);
  try {
    return differentiate();
  } finally {
    sought = before;
  }
}

/** Whether a gradient for this tensor is of use: a frozen variable needs none. To be asked in the forward pass, where a variable is still seen as one. */
export function isTrainable(tensor: tf.Tensor): boolean {
  return !(tensor instanceof tf.Variable) || (sought?.has(tensor) ?? tensor.trainable);
}
