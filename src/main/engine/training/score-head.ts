import type * as tf from '@tensorflow/tfjs-core';
import { reshape } from '@tensorflow/tfjs-core';
import { linear } from '../nn/ops/linear.ts';
import { Parameters } from '../nn/parameters.ts';
import type { Random } from '../nn/random.ts';

/** Weight [D] and bias of a linear head with one output, as checkpoints keep it. */
export interface ScoreHeadValues {
  weight: Float32Array;
  bias: number;
}

/** One number from a hidden state: the reward of a reward model, the value of a critic. h [R, D] → w·h + b [R]. */
export class ScoreHead {
  /** `score.weight` [1, D] and, if there is one, `score.bias` [1]. */
  readonly parameters: Parameters;

  private constructor(parameters: Parameters) {
    this.parameters = parameters;
  }

  /** `bias` null: the head has none, as transformers' sequence classifiers. */
  static from({ weight, bias }: { weight: Float32Array; bias: number | null }): ScoreHead {
    const shapes = [{ name: 'score.weight', shape: [1, weight.length], decay: true }];
    const arrays = new Map([['score.weight', weight]]);
    if (bias !== null) {
      shapes.push({ name: 'score.bias', shape: [1], decay: false });
      arrays.set('score.bias', Float32Array.of(bias));
    }
    return new ScoreHead(Parameters.from(shapes, arrays));
  }

  /** w ~ N(0, 1/√(d + 1)), b = 0 (Stiennon et al. 2020, appendix B). */
  static random(width: number, random: Random): ScoreHead {
    return ScoreHead.from({ weight: Float32Array.from({ length: width }, () => random.normal() / Math.sqrt(width + 1)), bias: 0 });
  }

  /** A value head that begins at 0. */
  static zeros(width: number): ScoreHead {
    return ScoreHead.from({ weight: new Float32Array(width), bias: 0 });
  }

  /** hidden [R, D] → [R] */
  scores(hidden: tf.Tensor2D): tf.Tensor1D {
    const weight = this.parameters.get('score.weight') as tf.Tensor as tf.Tensor2D;
    const bias = this.parameters.has('score.bias') ? (this.parameters.get('score.bias') as tf.Tensor as tf.Tensor1D) : null;
    return reshape(linear(hidden, weight, bias, true), [-1]);
  }

  /** Takes other values, of the same width; a head without a bias keeps none. */
  load({ weight, bias }: ScoreHeadValues): void {
    const arrays = new Map([['score.weight', weight]]);
    if (this.parameters.has('score.bias')) arrays.set('score.bias', Float32Array.of(bias));
    this.parameters.load(arrays);
  }

  values(): ScoreHeadValues {
    const arrays = this.parameters.toArrays();
    return { weight: arrays.get('score.weight')!, bias: arrays.get('score.bias')?.[0] ?? 0 };
  }

  dispose(): void {
    this.parameters.dispose();
  }
}
