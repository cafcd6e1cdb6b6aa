import type * as tf from '@tensorflow/tfjs-core';
import type { Decoder } from '../nn/decoder.ts';
import { Parameters } from '../nn/parameters.ts';
import type { ResponseBatch } from './batch.ts';
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

/** A model of its own: V = w·h_ψ + b. */
export function separateCritic(decoder: Decoder, head: ScoreHead): Critic {
  return {
    parameters: Parameters.merge(decoder.parameters, head.parameters),
    values: (_, batch) => head.scores(predictingHidden(decoder.hidden(batch.ids, batch.mask), batch)),
    dispose: () => {
      decoder.dispose();
      head.dispose();
    },
  };
}

/** A separate critic that begins as the reward model, gain and bias folded into its head (Ouyang et al. 2022, appendix C.4). */
export function criticFromRewardModel(model: RewardModel): Critic {
  const { weight, bias } = model.head.values();
  const { gain, bias: shift } = model.scale;
  return separateCritic(model.decoder.copy(), ScoreHead.from({ weight: weight.map((w) => gain * w), bias: gain * bias + shift }));
}
