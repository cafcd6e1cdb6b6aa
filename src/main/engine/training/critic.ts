import type * as tf from '@tensorflow/tfjs-core';
import type { Decoder } from '../nn/decoder.ts';
import { Parameters } from '../nn/parameters.ts';
import type { ResponseBatch } from './batch.ts';
import { decoderToTrain, type WhatToTrain } from './decoder-to-train.ts';
import { predictingHidden } from './response.ts';
import type { RewardModel } from './reward-model.ts';
import { ScoreHead } from './score-head.ts';

/** V_ψ: the return expected at each response token, from what precedes it. */
export interface Critic {
  /** Trained together with the policy's. */
  readonly parameters: Parameters;
  /** V [R] on the tape. @param policyPredicting the policy's hidden states [R, D] there. */
  values(policyPredicting: tf.Tensor2D, batch: ResponseBatch): tf.Tensor1D;
  dispose(): void;
}

/** A head on the policy's own trunk, 0 at first: no more memory and hardly more time, but it begins by knowing nothing and its gradient moves the policy. */
export function headCritic(width: number): Critic {
  const head = ScoreHead.zeros(width);
  return {
    parameters: head.parameters,
    values: (policyPredicting) => head.scores(policyPredicting),
    dispose: () => head.dispose(),
  };
}

/** A model, or an adapter, of its own: V = w·h_ψ + b. */
export function separateCritic(decoder: Decoder, head: ScoreHead): Critic {
  return {
    parameters: Parameters.merge(decoder.trainable, head.parameters),
    values: (_, batch) => head.scores(predictingHidden(decoder, batch)),
    dispose: () => {
      decoder.dispose();
      head.dispose();
    },
  };
}

/** A separate critic that begins as the policy does, with a head of 0: what there is where answers are judged by rules alone. */
export function criticFromPolicy(start: Decoder, settings: WhatToTrain): Critic {
  return separateCritic(decoderToTrain(start, settings, true), ScoreHead.zeros(start.config.width));
}

/**
 * How much of the reward model's head a critic begins with. It was only ever read at an answer's last token, and in the middle its numbers swing too widely: at 1 they explain
 * less than nothing of the first returns (−4 … −7 on the demo, so the first of twenty steps learn from noise), at 0 the order that they do have is lost. Measured on two demo
 * models, final reward − β·KL: 1 → .89 and 1.03, .2 → 1.09 and 1.08, 0 → .94 and 1.01; a head on the policy's trunk .59 and .90.
 */
const shareOfHead = 0.2;

/** A separate critic that begins as the reward model, gain and bias folded into its head (Ouyang et al. 2022, appendix C.4). */
export function criticFromRewardModel(model: RewardModel, settings: WhatToTrain): Critic {
  const { weight, bias } = model.head.values();
  const { gain, bias: shift } = model.scale;
  const head = ScoreHead.from({ weight: weight.map((w) => shareOfHead * gain * w), bias: shareOfHead * (gain * bias + shift) });
  return separateCritic(decoderToTrain(model.decoder, settings, true), head);
}
