import * as tf from '@tensorflow/tfjs-core';
import { gelu, swiglu } from '#engine/nn/ops/activation.ts';
import { attention } from '#engine/nn/ops/attention.ts';
import { embed } from '#engine/nn/ops/embed.ts';
import { linear, linears, residualLinear } from '#engine/nn/ops/linear.ts';
import { logProb } from '#engine/nn/ops/log-prob.ts';
import { norm } from '#engine/nn/ops/norm.ts';
import { rope } from '#engine/nn/ops/rope.ts';
import { Random } from '#engine/nn/random.ts';

/** A semantic op on inputs of odd sizes. `apply` gets one tensor an entry of `shapes`; rows where `counts` is 0 are unspecified. */
export interface OpCase {
  name: string;
  shapes: number[][];
  apply(inputs: tf.Tensor[]): tf.Tensor;
  counts?: number[];
}

const two = (x: tf.Tensor | undefined) => x as tf.Tensor2D;
const one = (x: tf.Tensor | undefined) => x as tf.Tensor1D;
/** The values of an op of several, side by side. */
const joined = (values: tf.Tensor2D[]) => tf.concat(values, 1);
const integers = (values: number[]) => tf.tensor1d(values, 'int32');

const [batch, time] = [2, 7];
const masks = {
  left: [0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  right: [1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1],
};

function attentionCase(side: 'left' | 'right', heads: number, groups: number, headWidth: number, packed: boolean): OpCase {
  const rows = batch * time;
  const widths = [heads * headWidth, groups * headWidth, groups * headWidth];
  return {
    name: `attention, ${heads} heads, ${groups} groups, width ${headWidth}, padded on the ${side}${packed ? ', packed' : ''}`,
    shapes: packed ? [[rows, widths.reduce((a, b) => a + b)]] : widths.map((width) => [rows, width]),
    apply: (inputs) => attention(inputs as [tf.Tensor2D], tf.tensor2d(masks[side], [batch, time], 'int32'), { heads, groups, headWidth }),
    counts: masks[side],
  };
}

export const opCases: OpCase[] = [
  { name: 'linear', shapes: [[7, 5], [5, 9], [9]], apply: ([x, w, b]) => linear(two(x), two(w), one(b), false) },
  {
    name: 'linear, no bias',
    shapes: [
      [1, 6],
      [6, 3],
    ],
    apply: ([x, w]) => linear(two(x), two(w), null, false),
  },
  { name: 'linear, transposed', shapes: [[33, 13], [17, 13], [17]], apply: ([x, w, b]) => linear(two(x), two(w), one(b), true) },
  { name: 'embed', shapes: [[11, 5]], apply: ([table]) => embed(two(table), integers([3, 0, 10, 3, 3, 7])) },
  { name: 'LayerNorm', shapes: [[6, 13], [13], [13]], apply: ([x, g, b]) => norm(two(x), one(g), one(b), 1e-5, 'layer') },
  { name: 'RMSNorm', shapes: [[6, 13], [13]], apply: ([x, g]) => norm(two(x), one(g), null, 1e-6, 'rms') },
  {
    name: 'several linears of one input',
    shapes: [[7, 5], [9, 5], [9], [3, 5], [4, 5], [4]],
    apply: ([x, w, b, v, u, c]) => {
      const layers = [
        { w: two(w), b: one(b) },
        { w: two(v), b: null },
        { w: two(u), b: one(c) },
      ];
      return joined(linears(two(x), layers, true));
    },
  },
  {
    name: 'linear added to a residual stream',
    shapes: [[7, 9], [7, 5], [9, 5], [9]],
    apply: ([base, x, w, b]) => residualLinear(two(base), two(x), { w: two(w), b: one(b) }, true),
  },
  {
    name: 'linear without bias added to a residual stream',
    shapes: [
      [20, 9],
      [20, 5],
      [5, 9],
    ],
    apply: ([base, x, w]) => residualLinear(two(base), two(x), { w: two(w), b: null }, false),
  },
  {
    name: 'linears with low-rank corrections, one without',
    shapes: [[7, 5], [9, 5], [9], [2, 5], [9, 2], [4, 5], [3, 5], [3, 5], [3, 3]],
    apply: ([x, w, b, a, c, v, u, d, e]) => {
      const corrected = { w: two(w), b: one(b), correction: { a: two(a), b: two(c), scale: 0.5 } };
      const last = { w: two(u), b: null, correction: { a: two(d), b: two(e), scale: 2 } };
      return joined(linears(two(x), [corrected, { w: two(v), b: null }, last], true));
    },
  },
  {
    name: 'linear with a low-rank correction added to a residual stream',
    shapes: [[7, 9], [7, 5], [5, 9], [9], [2, 5], [9, 2]],
    apply: ([base, x, w, b, a, c]) =>
      residualLinear(two(base), two(x), { w: two(w), b: one(b), correction: { a: two(a), b: two(c), scale: 0.5 } }, false),
  },
  {
    name: 'rope',
    shapes: [
      [6, 3 * 10],
      [6, 2 * 10],
    ],
    apply: ([q, k]) => {
      const angle = (of: (x: number) => number) =>
        tf.tensor2d(
          Array.from({ length: 9 * 5 }, (_, i) => of(i * 0.37)),
          [9, 5],
        );
      const tables = { cos: angle(Math.cos), sin: angle(Math.sin) };
      return joined(rope(two(q), two(k), tables, tf.tensor2d([0, 0, 1, 2, 5, 8], [2, 3], 'int32'), { heads: 3, groups: 2 }));
    },
  },
  attentionCase('left', 3, 3, 5, true),
  attentionCase('right', 4, 4, 8, true),
  attentionCase('right', 6, 2, 5, false),
  attentionCase('left', 4, 1, 16, false),
  { name: 'gelu', shapes: [[5, 7]], apply: ([x]) => gelu(two(x)) },
  {
    name: 'swiglu',
    shapes: [
      [5, 7],
      [5, 7],
    ],
    apply: ([gate, up]) => swiglu(two(gate), two(up)),
  },
  {
    name: 'logProb',
    shapes: [
      [5, 7],
      [13, 7],
    ],
    apply: ([hidden, head]) => logProb(two(hidden), two(head), integers([0, 12, 4, 4, 7]), 0.7).logProbs,
  },
];

/** The same numbers for the same case, whatever the backend. */
export function inputsOf({ name, shapes }: OpCase): Float32Array[] {
  return shapes.map((shape, i) => {
    const random = Random.from(11, name, i);
    return Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal());
  });
}

/** Value, and gradients of Σ weight·value by each input; weights are fixed, and 0 where a row is unspecified. */
export function run(op: OpCase, inputs: Float32Array[]): { value: Float32Array; gradients: Float32Array[] } {
  return tf.tidy(() => {
    const tensors = inputs.map((values, i) => tf.tensor(values.slice(), op.shapes[i]!));
    let value: Float32Array = new Float32Array();
    const { grads } = tf.engine().gradients(() => {
      const y = op.apply(tensors);
      value = masked(op, (y.dataSync() as Float32Array).slice());
      const weights = masked(
        op,
        Float32Array.from({ length: y.size }, (_, i) => Math.sin(i + 1)),
      );
      return tf.sum(tf.mul(y, tf.tensor(weights, y.shape)));
    }, tensors);
    return { value, gradients: grads.map((gradient) => (gradient.dataSync() as Float32Array).slice()) };
  });
}

function masked({ counts }: OpCase, values: Float32Array): Float32Array {
  if (!counts) return values;
  const width = values.length / counts.length;
  return values.map((value, i) => (counts[Math.floor(i / width)] ? value : 0));
}
