import type * as tf from '@tensorflow/tfjs-core';
import { linear } from '../nn/ops/linear.ts';
import { Parameters } from '../nn/parameters.ts';
import { mean } from './maths/statistics.ts';
import type { ScoreHeadValues } from './score-head.ts';

/** Weights [K·D], head after head, and biases [K] of the members of a reward model, as checkpoints keep them. */
export interface MemberHeadValues {
  weight: Float32Array;
  bias: Float32Array;
}

/**
 * K linear heads on one backbone, each trained on a draw of the judgments of its own: where they disagree, other judgments would have taught another reward
 * (`ensemble`; after Zhang et al. 2024, Improving RLHF with efficient reward model ensembles). Their mean is one linear head.
 */
export class MemberHeads {
  /** `score.members.weight` [K, D] and `score.members.bias` [K]. */
  readonly parameters: Parameters;
  readonly count: number;

  constructor({ weight, bias }: MemberHeadValues) {
    this.count = bias.length;
    this.parameters = Parameters.from(
      [
        { name: 'score.members.weight', shape: [this.count, weight.length / this.count], decay: true },
        { name: 'score.members.bias', shape: [this.count], decay: false },
      ],
      new Map([
        ['score.members.weight', weight],
        ['score.members.bias', bias],
      ]),
    );
  }

  /** Of one head a member. */
  static of(heads: readonly ScoreHeadValues[]): MemberHeads {
    return new MemberHeads(together(heads));
  }

  /** Takes other heads, as many and as wide. */
  load(heads: readonly ScoreHeadValues[]): void {
    const { weight, bias } = together(heads);
    this.parameters.load(
      new Map([
        ['score.members.weight', weight],
        ['score.members.bias', bias],
      ]),
    );
  }

  /** hidden [R, D] → [R, K] */
  scores(hidden: tf.Tensor2D): tf.Tensor2D {
    const weight = this.parameters.get('score.members.weight') as tf.Tensor as tf.Tensor2D;
    const bias = this.parameters.get('score.members.bias') as tf.Tensor as tf.Tensor1D;
    return linear(hidden, weight, bias, true);
  }

  values(): MemberHeadValues {
    const arrays = this.parameters.toArrays();
    return { weight: arrays.get('score.members.weight')!, bias: arrays.get('score.members.bias')! };
  }

  dispose(): void {
    this.parameters.dispose();
  }
}

function together(heads: readonly ScoreHeadValues[]): MemberHeadValues {
  const width = heads[0]!.weight.length;
  const weight = new Float32Array(heads.length * width);
  for (const [k, head] of heads.entries()) weight.set(head.weight, k * width);
  return { weight, bias: Float32Array.from(heads, ({ bias }) => bias) };
}

/** The head whose rewards are the mean of the members'. */
export function meanHead({ weight, bias }: MemberHeadValues): ScoreHeadValues {
  const count = bias.length;
  const width = weight.length / count;
  const averaged = Float32Array.from({ length: width }, (_, d) => mean(bias.map((_, k) => weight[k * width + d]!)));
  return { weight: averaged, bias: mean(bias) };
}
