import type { Gradients } from './gradients.ts';
import { kernels } from './ops/kernels.ts';
import { Parameters } from './parameters.ts';

export interface AdamWOptions {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled; none on biases and norms. */
  weightDecay: number;
}

/** Everything that continues an optimizer exactly: updates so far, and `NAME.m`, `NAME.v` for every parameter. */
export interface AdamWState {
  step: number;
  tensors: Map<string, Float32Array>;
}

/**
 * AdamW (Loshchilov & Hutter 2019): m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p(1 − ηλ) − η·(m/c₁)/(√(v/c₂) + ε), cᵢ = 1 − βᵢᵗ.
 * A parameter that the loss does not depend on is left alone, decay included, as torch leaves one without a gradient.
 */
export class AdamW {
  readonly #parameters: Parameters;
  readonly #options: AdamWOptions;
  readonly #first: Parameters;
  readonly #second: Parameters;
  #step = 0;

  constructor(parameters: Parameters, options: AdamWOptions) {
    this.#parameters = parameters;
    this.#options = options;
    const zeros = new Map(parameters.manifest.map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]));
    this.#first = Parameters.from(parameters.manifest, zeros);
    this.#second = Parameters.from(parameters.manifest, zeros);
  }

  /**
   * One update. With `maxGradNorm`, gradients are scaled so that their global norm is at most that (torch's `clip_grad_norm_`).
   * `gradNorm` is the norm before clipping.
   */
  step(gradients: Gradients, learningRate: number, maxGradNorm = Number.POSITIVE_INFINITY): { gradNorm: number; clipFactor: number } {
    const gradNorm = gradients.norm();
    const clipFactor = Math.min(1, maxGradNorm / (gradNorm + 1e-6));
    this.#step++;
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    const c1 = 1 - beta1 ** this.#step;
    const c2 = 1 - beta2 ** this.#step;
    const step = { learningRate, beta1, beta2, epsilon, c1, c2, scale: clipFactor };
    const all = this.#parameters
      .entries()
      .filter(([{ name }]) => gradients.has(name))
      .map(([{ name, decay }, p]) => {
        return { p, g: gradients.get(name), m: this.#first.get(name), v: this.#second.get(name), weightDecay: decay ? weightDecay : 0 };
      });
    const { adamw, adamwOfAll } = kernels();
    if (adamwOfAll) adamwOfAll(all, step);
    else for (const { p, g, m, v, weightDecay } of all) adamw(p, g, m, v, { ...step, weightDecay });
    return { gradNorm, clipFactor };
  }

  state(): AdamWState {
    const tensors = new Map<string, Float32Array>();
    for (const [name, array] of this.#first.toArrays()) tensors.set(`${name}.m`, array);
    for (const [name, array] of this.#second.toArrays()) tensors.set(`${name}.v`, array);
    return { step: this.#step, tensors };
  }

  /** @throws PlainError `bad_input` when a tensor is missing or of another size. */
  load({ step, tensors }: AdamWState): void {
    const of = (suffix: string) =>
      new Map([...tensors].flatMap(([name, array]) => (name.endsWith(suffix) ? [[name.slice(0, -suffix.length), array] as const] : [])));
    this.#first.load(of('.m'));
    this.#second.load(of('.v'));
    this.#step = step;
  }

  dispose(): void {
    this.#first.dispose();
    this.#second.dispose();
  }
}
