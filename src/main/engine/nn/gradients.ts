import * as tf from '@tensorflow/tfjs-core';
import { kernels } from './ops/kernels.ts';
import { seeking } from './ops/taped.ts';
import type { Parameters } from './parameters.ts';
import './tape-gradients.ts';

/** Gradients of one loss by parameter name. */
export class Gradients {
  readonly #parameters: Parameters;
  readonly #tensors: Map<string, tf.Tensor>;

  constructor(parameters: Parameters, tensors: Map<string, tf.Tensor>) {
    this.#parameters = parameters;
    this.#tensors = tensors;
  }

  /** Whether the loss depends on the parameter. */
  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /** Zeros where the loss does not depend on the parameter. Owned by this object. */
  get(name: string): tf.Tensor {
    const known = this.#tensors.get(name);
    if (known) return known;
    const zeros = tf.keep(tf.zeros(this.#parameters.get(name).shape));
    this.#tensors.set(name, zeros);
    return zeros;
  }

  /** ‖g‖₂ over all parameters, summed in float64. NaN and infinities show. */
  norm(): number {
    const { sumOfSquares, sumOfSquaresOfAll } = kernels();
    const all = [...this.#tensors.values()];
    return Math.sqrt(sumOfSquaresOfAll ? sumOfSquaresOfAll(all) : all.reduce((sum, tensor) => sum + sumOfSquares(tensor), 0));
  }

  /** Adds another loss's gradients of the same parameters, which are used up: each is given back as soon as it is added, so two sets never stand beside a third. */
  add(other: Gradients): void {
    const { accumulate } = kernels();
    for (const [name, tensor] of other.#tensors) {
      const own = this.#tensors.get(name);
      if (!own) this.#tensors.set(name, tensor);
      else if (accumulate && tf.backend().refCount(own.dataId) === 1) {
        // Nobody else has its data: tfjs gives the two sides of a sum one tensor for both gradients.
        accumulate(own, tensor);
        tensor.dispose();
      } else {
        this.#tensors.set(name, tf.keep(tf.add(own, tensor)));
        tf.dispose([own, tensor]);
      }
    }
    other.#tensors.clear();
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}

/** Runs `loss` and differentiates it by every one of `parameters` it depends on; all others are frozen, and no work is done for their gradients. The caller disposes the gradients. */
export function valueAndGradients(loss: () => tf.Scalar, parameters: Parameters): { value: number; gradients: Gradients } {
  const entries = parameters.entries();
  const tensors = new Map<string, tf.Tensor>();
  let value = Number.NaN;
  tf.tidy(() => {
    const variables = entries.map(([, variable]) => variable);
    const result = seeking(variables, () => tf.engine().gradients(loss, variables as tf.Tensor[], undefined, true));
    value = result.value.dataSync()[0]!;
    entries.forEach(([{ name }], i) => {
      // tfjs leaves undefined, against its type, where there is no path from the parameter to the loss.
      const gradient = result.grads[i] as tf.Tensor | undefined;
      if (gradient) tensors.set(name, tf.keep(gradient));
    });
  });
  return { value, gradients: new Gradients(parameters, tensors) };
}
