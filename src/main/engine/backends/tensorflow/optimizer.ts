import type * as tf from '@tensorflow/tfjs-core';
import type { AdamWStep, Kernels } from '../kernels.ts';
import { type Eager, float64 } from './eager.ts';

/**
 * The optimizer on TensorFlow's own fused op, since a composite of fourteen elementwise ops over all parameters took as long as the gradients of a large model.
 * `ResourceApplyAdam` works on resource variables: three serve all parameters in turn, whose data they take over for one update and give back.
 */
export function optimizerKernels(eager: Eager): Pick<Kernels, 'sumOfSquares' | 'sumOfSquaresOfAll' | 'adamw'> {
  let variables: [number, number, number] | null = null;

  /** Σ g² in float64 by ½Σg² of TensorFlow; the sum comes back as two float32. */
  function sumOfSquaresOfAll(gs: tf.Tensor[]): number {
    if (gs.length === 0) return 0;
    const { TF_FLOAT } = eager.binding;
    const halves = gs.map((g) => {
      const wide = eager.cast(eager.handle(g), TF_FLOAT, float64);
      const half = eager.run('L2Loss', [wide], [eager.type('T', float64)]);
      eager.free(wide);
      return half;
    });
    const count = { name: 'N', type: eager.binding.TF_ATTR_INT, value: halves.length };
    const sum = eager.run('AddN', halves, [count, eager.type('T', float64)]);
    const high = eager.cast(sum, float64, TF_FLOAT);
    const back = eager.cast(high, TF_FLOAT, float64);
    const rest = eager.run('Sub', [sum, back], [eager.type('T', float64)]);
    const low = eager.cast(rest, float64, TF_FLOAT);
    const [h, l] = [high, low].map((handle) => eager.binding.tensorDataSync(handle)[0]!) as [number, number];
    eager.free(...halves, sum, high, back, rest, low);
    return Number.isFinite(h) ? 2 * (h + l) : h; // ∞ − ∞ must not become NaN
  }

  function adamw(p: tf.Tensor, g: tf.Tensor, m: tf.Tensor, v: tf.Tensor, step: AdamWStep): void {
    variables ??= [0, 1, 2].map((i) => scratchVariable(eager, i)) as [number, number, number];
    const { learningRate, beta1, beta2, epsilon, weightDecay, c1, scale } = step;
    const c2 = roundedBiasCorrection(beta2, step.c2);
    const T = [eager.type('T')];
    const dtype = [eager.type('dtype')];
    const mine: number[] = []; // handles to free
    const scalar = (value: number) => {
      mine.push(eager.scalar(value));
      return mine.at(-1)!;
    };
    const gradient = scale === 1 ? eager.handle(g) : eager.run('Mul', [eager.handle(g), scalar(scale)], T);
    if (scale !== 1) mine.push(gradient);
    const decay = 1 - learningRate * weightDecay;
    const decayed = decay === 1 ? eager.handle(p) : eager.run('Mul', [eager.handle(p), scalar(decay)], T);
    if (decay !== 1) mine.push(decayed);

    const [pVariable, mVariable, vVariable] = variables;
    eager.act('AssignVariableOp', [pVariable, decayed], dtype);
    eager.act('AssignVariableOp', [mVariable, eager.handle(m)], dtype);
    eager.act('AssignVariableOp', [vVariable, eager.handle(v)], dtype);
    // From here on the variables alone hold the data, so the update is in place; data that JavaScript owns are copied by TensorFlow.
    eager.free(eager.handle(p), eager.handle(m), eager.handle(v));
    if (decay !== 1) eager.free(mine.pop()!);
    // It computes lr·√(1 − β₂ᵗ)/(1 − β₁ᵗ) in float32, where 1 − .999 is wrong in the fifth digit. With powers of 0 it is lr, which has the corrections here.
    const rate = (learningRate * Math.sqrt(c2)) / c1;
    const numbers = [0, 0, rate, beta1, beta2, epsilon * Math.sqrt(c2)].map(scalar);
    eager.act(
      'ResourceApplyAdam',
      [pVariable, mVariable, vVariable, ...numbers, gradient],
      [...T, eager.flag('use_locking', false), eager.flag('use_nesterov', false)],
    );
    eager.replace(p, eager.run('ReadVariableOp', [pVariable], dtype));
    eager.replace(m, eager.run('ReadVariableOp', [mVariable], dtype));
    eager.replace(v, eager.run('ReadVariableOp', [vVariable], dtype));
    eager.free(...mine);
  }

  return { sumOfSquares: (g) => sumOfSquaresOfAll([g]), sumOfSquaresOfAll, adamw };
}

function scratchVariable(eager: Eager, number: number): number {
  const { TF_ATTR_STRING, TF_ATTR_SHAPE } = eager.binding;
  return eager.run(
    'VarHandleOp',
    [],
    [
      { name: 'container', type: TF_ATTR_STRING, value: '' },
      { name: 'shared_name', type: TF_ATTR_STRING, value: `plumbline-optimizer-${number}` },
      eager.type('dtype'),
      { name: 'shape', type: TF_ATTR_SHAPE, value: [] },
    ],
  );
}

/**
 * c₂ = 1 − β₂ᵗ for the β₂ that TensorFlow has, which is rounded to float32 (1 − β₂ differs in the fifth digit for .999): v is a mean with that β₂, and unbiased by
 * that correction only.
 */
export function roundedBiasCorrection(beta2: number, c2: number): number {
  if (beta2 === 0 || c2 >= 1) return 1;
  const t = Math.round(Math.log1p(-c2) / Math.log(beta2));
  return 1 - Math.fround(beta2) ** t;
}
