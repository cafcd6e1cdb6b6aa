import * as tf from '@tensorflow/tfjs-core';

/** What an op of one value gives to the tape: its value, the tensors its gradient will need, and that gradient. */
export interface Taped {
  value: tf.Tensor;
  saved: tf.Tensor[];
  /** From dy and the saved tensors, a gradient for each input, in order; null for one that is not wanted. */
  gradient(dy: tf.Tensor, saved: tf.Tensor[]): (tf.Tensor | null)[];
}

/** The same of an op of several values; a value that the loss does not depend on has zeros for its dy. */
export interface TapedTogether {
  values: tf.Tensor[];
  saved: tf.Tensor[];
  gradient(dys: tf.Tensor[], saved: tf.Tensor[]): (tf.Tensor | null)[];
}

/**
 * Runs `forward` off the tape and records it as one op with its own gradient. `inputs` are the differentiable ones; anything else that the gradient needs
 * (ids, masks, statistics) must be among `saved`, since tensors that a closure holds are disposed when the forward pass ends. `gradient` returns tensors of
 * its own, never dy or a saved one: those are given back as soon as it returns.
 */
export function taped<Value extends tf.Tensor>(inputs: tf.Tensor[], forward: () => Taped): Value {
  const [value] = tapedTogether<[Value]>(inputs, () => {
    const { value, saved, gradient } = forward();
    return { values: [value], saved, gradient: ([dy], saved) => gradient(dy!, saved) };
  });
  return value;
}

/** `taped` for an op of several values, which tf.customGrad cannot have. */
export function tapedTogether<Values extends tf.Tensor[]>(inputs: tf.Tensor[], forward: () => TapedTogether): Values {
  const engine = tf.engine() as unknown as Tape;
  const recording = engine.isTapeOn();
  let gradient: TapedTogether['gradient'];
  let saved: tf.Tensor[] = [];
  const values = engine.runKernelFunc({
    forwardFunc: () => {
      const op = forward();
      gradient = op.gradient;
      if (recording) saved = op.saved.map((tensor) => tf.keep(shareOf(tensor)));
      return op.values;
    },
    backwardsFunc: (given, kept) => {
      const dys = Array.isArray(given) ? given : [given];
      const gradients = gradient(dys, kept).map((g) => g ?? tf.scalar(0));
      // tfjs would hold every dy and every saved activation until the whole backward pass is over; each is needed by this op alone.
      tf.dispose([...dys, ...kept]);
      return Object.fromEntries(gradients.map((g, i) => [i, () => g]));
    },
    inputs: Object.fromEntries(inputs.map((input, i) => [i, input])),
  }) as Values;
  // The node of the op just run. tfjs's own way to save puts each saved tensor on the tape as an op of its own, which more than doubles what a backward pass has to look through.
  if (recording) engine.state.activeTape.at(-1)!.saved.push(...saved);
  return values;
}

/** A tensor of its own on the data of another. */
function shareOf({ dataId, shape, dtype }: tf.Tensor): tf.Tensor {
  tf.backend().incRef(dataId);
  return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
}

/** What tf.customGrad itself calls, and the tape; tfjs-core 4.22 keeps them private in its types. */
interface Tape {
  state: { activeTape: { saved: tf.Tensor[] }[] };
  isTapeOn(): boolean;
  runKernelFunc(op: {
    forwardFunc(): tf.Tensor[];
    backwardsFunc(dys: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]): Record<string, () => tf.Tensor>;
    inputs: Record<string, tf.Tensor>;
  }): tf.Tensor[];
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
