import * as tf from '@tensorflow/tfjs-core';
import { kernels } from './ops/kernels.ts';

/*
 * Gradients of the stock tf ops that a loss is put together from. tfjs-core's build for Node comes without any, so these are registered when this file is
 * loaded; under an op that is not listed, differentiating throws. Large work belongs into semantic ops (nn/ops/), not here: there is no matMul on purpose
 * (use `linear`). Masks and targets that are not trained are built off the tape.
 */

type Attributes = Record<string, unknown>;
type Thunks = Record<string, () => tf.Tensor>;

/** One input `x`: dy and the saved input (or, for `fromOutput`, the op's output) to dx. */
function unary(kernelName: string, derivative: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor, options: { fromOutput?: boolean } = {}): void {
  tf.registerGradient({
    kernelName,
    ...(options.fromOutput ? { outputsToSave: [true] } : { inputsToSave: ['x'] }),
    gradFunc: (dy, [saved]) => ({ x: () => derivative(dy as tf.Tensor, saved!) }),
  });
}

/** Two inputs `a`, `b` that broadcast. */
function binary(kernelName: string, derivative: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => [() => tf.Tensor, () => tf.Tensor]): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      const [da, db] = derivative(dy as tf.Tensor, a, b);
      return { a: () => reduceTo(da(), a.shape), b: () => reduceTo(db(), b.shape) };
    },
  });
}

/** Inputs of any number, in order; their shapes come from the saved tensors. */
function listed(kernelName: string, derivative: (dy: tf.Tensor, inputs: tf.Tensor[], attributes: Attributes) => tf.Tensor[]): void {
  tf.registerGradient({
    kernelName,
    saveAllInputs: true,
    gradFunc: (dy, inputs, attributes) => {
      const parts = derivative(dy as tf.Tensor, inputs, attributes);
      return Object.fromEntries(parts.map((part, i) => [i, () => part])) as unknown as Thunks;
    },
  });
}

/** Sums a gradient over the axes that its input was broadcast along. Always a tensor of its own, since the tape disposes what it adds up. */
function reduceTo(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(gradient, axes) : gradient, shape);
}

/** 1 where the condition holds. */
function where(condition: tf.Tensor): tf.Tensor {
  return tf.cast(condition, 'float32');
}

/** Puts back the axes that a reduction took away, as ones. */
function unreduce(dy: tf.Tensor, x: tf.Tensor, { axis }: Attributes): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis as number[], x.shape);
  const kept = x.shape.map((length, i) => (axes.includes(i) ? 1 : length));
  return tf.mul(tf.reshape(dy, kept), tf.ones(x.shape));
}

binary('Add', (dy) => [() => dy, () => dy]);
binary('Sub', (dy) => [() => dy, () => tf.neg(dy)]);
binary('Multiply', (dy, a, b) => [() => tf.mul(dy, b), () => tf.mul(dy, a)]);
binary('RealDiv', (dy, a, b) => [() => tf.div(dy, b), () => tf.neg(tf.div(tf.mul(dy, a), tf.square(b)))]);
binary('SquaredDifference', (dy, a, b) => [() => tf.mul(dy, tf.mul(2, tf.sub(a, b))), () => tf.mul(dy, tf.mul(2, tf.sub(b, a)))]);
binary('Maximum', (dy, a, b) => [() => tf.mul(dy, where(tf.greaterEqual(a, b))), () => tf.mul(dy, where(tf.less(a, b)))]);
binary('Minimum', (dy, a, b) => [() => tf.mul(dy, where(tf.lessEqual(a, b))), () => tf.mul(dy, where(tf.greater(a, b)))]);

unary('Neg', (dy) => tf.neg(dy));
unary('Square', (dy, x) => tf.mul(dy, tf.mul(2, x)));
unary('Log', (dy, x) => tf.div(dy, x));
unary('Log1p', (dy, x) => tf.div(dy, tf.add(1, x)));
unary('Softplus', (dy, x) => tf.mul(dy, tf.sigmoid(x)));
unary('Relu', (dy, x) => tf.mul(dy, where(tf.greater(x, 0))));
unary('Abs', (dy, x) => tf.mul(dy, tf.sign(x)));
unary('Exp', (dy, y) => tf.mul(dy, y), { fromOutput: true });
unary('Sqrt', (dy, y) => tf.div(dy, tf.mul(2, y)), { fromOutput: true });
unary('Rsqrt', (dy, y) => tf.mul(dy, tf.mul(-0.5, tf.mul(y, tf.square(y)))), { fromOutput: true });
unary('Sigmoid', (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y))), { fromOutput: true });
unary('Tanh', (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y))), { fromOutput: true });
unary('Identity', (dy) => tf.reshape(dy, dy.shape));
unary('Cast', (dy) => tf.reshape(dy, dy.shape));
unary('Reshape', (dy, x) => tf.reshape(dy, x.shape));

tf.registerGradient({
  kernelName: 'ExpandDims',
  inputsToSave: ['input'],
  gradFunc: (dy, [input]) => ({ input: () => tf.reshape(dy as tf.Tensor, input!.shape) }),
});

tf.registerGradient({
  kernelName: 'ClipByValue',
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => {
    const { clipValueMin, clipValueMax } = attributes as unknown as { clipValueMin: number; clipValueMax: number };
    const inside = () => tf.mul(where(tf.greaterEqual(x!, clipValueMin)), where(tf.lessEqual(x!, clipValueMax)));
    return { x: () => tf.mul(dy as tf.Tensor, inside()) };
  },
});

tf.registerGradient({
  kernelName: 'Sum',
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => ({ x: () => unreduce(dy as tf.Tensor, x!, attributes) }),
});

tf.registerGradient({
  kernelName: 'Mean',
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => ({
    x: () => tf.mul(unreduce(dy as tf.Tensor, x!, attributes), (dy as tf.Tensor).size / x!.size),
  }),
});

tf.registerGradient({
  kernelName: 'Transpose',
  gradFunc: (dy, _, attributes) => ({
    x: () => tf.transpose(dy as tf.Tensor, tf.backend_util.getUndoAxesPermutation((attributes as unknown as { perm: number[] }).perm)),
  }),
});

tf.registerGradient({
  kernelName: 'Slice',
  inputsToSave: ['x'],
  gradFunc: (dy, [x], attributes) => {
    const { begin, size } = attributes as unknown as { begin: number[]; size: number[] };
    const [from, length] = tf.slice_util.parseSliceParams(x!, begin, size) as [number[], number[]];
    return {
      x: () =>
        tf.pad(
          dy as tf.Tensor,
          from.map((start, i): [number, number] => [start, x!.shape[i]! - start - length[i]!]),
        ),
    };
  },
});

/** Rows along the first axis only, by the embedding's gradient. */
tf.registerGradient({
  kernelName: 'GatherV2',
  inputsToSave: ['x', 'indices'],
  gradFunc: (dy, [x, indices], attributes) => {
    const { axis, batchDims } = attributes as unknown as { axis: number; batchDims: number };
    if (axis !== 0 || batchDims !== 0) throw new Error('gather has a gradient along axis 0 only.');
    const width = x!.size / x!.shape[0]!;
    const rows = () =>
      kernels().embedGradient([x!.shape[0]!, width], tf.reshape(indices!, [-1]), tf.reshape(dy as tf.Tensor, [indices!.size, width]));
    return { x: () => tf.reshape(rows(), x!.shape), indices: () => tf.zerosLike(indices!) };
  },
});

listed('Concat', (dy, inputs, attributes) => {
  const [axis] = tf.util.parseAxisParam((attributes as { axis: number }).axis, inputs[0]!.shape);
  const lengths = inputs.map(({ shape }) => shape[axis!]!);
  return tf.split(dy, lengths, axis);
});
listed('Pack', (dy, _, attributes) => tf.unstack(dy, (attributes as { axis: number }).axis));

tf.registerGradient({
  kernelName: 'Unpack',
  gradFunc: (dys, _, attributes) => ({ value: () => tf.stack(dys as tf.Tensor[], (attributes as unknown as { axis: number }).axis) }),
});
tf.registerGradient({
  kernelName: 'SplitV',
  gradFunc: (dys, _, attributes) => ({ x: () => tf.concat(dys as tf.Tensor[], (attributes as unknown as { axis: number }).axis) }),
});
