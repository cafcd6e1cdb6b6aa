import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import type { PpoConfig } from '#shared/training/ppo.ts';
import type { Decoder } from '../nn/decoder.ts';
import type { Random } from '../nn/random.ts';
import { generate } from '../sampling/generate.ts';
import type { Tokenizer } from '../tokens/tokenizer.ts';
import { disposeBatch, fitContext, groupsByLength, responseBatch, type TokenSequence } from './batch.ts';
import type { Critic } from './critic.ts';
import { secondsSince } from './pace.ts';
import { measureLogProbs, predictingHidden, rowsOnHost, tokenLogProbs } from './response.ts';
import { judged, type RewardModel } from './reward-model.ts';

/** One answer and all that PPO needs to know of it. Everything per token has one number for each response token, the stop token included. */
export const episode = z.object({
  promptId: z.string(),
  prompt: z.array(z.int()),
  response: z.array(z.int()),
  terminated: z.boolean(),
  /** log π_θ as it was when the answer was drawn, measured by the training path. */
  logProbs: z.array(z.number()),
  /** log π_SFT. */
  referenceLogProbs: z.array(z.number()),
  /** V of the critic as it was then. */
  values: z.array(z.number()),
  /** r_φ(x, y), neither clipped nor replaced. */
  reward: z.number(),
});
export type Episode = z.infer<typeof episode>;

/** The four models of PPO, and the tokenizer that they share. */
export interface Models {
  policy: Decoder;
  reference: Decoder;
  critic: Critic;
  rewardModel: RewardModel;
  tokenizer: Tokenizer;
}

export interface Question {
  id: string;
  /** Prompt tokens that leave room for an answer. */
  ids: number[];
  /** Fixes the answer, whatever else is answered beside it. */
  generator: Random;
}

/** Answers each question with the policy and measures the answers. */
export async function collectEpisodes(
  models: Models,
  questions: readonly Question[],
  { temperature, maxNewTokens }: Pick<PpoConfig, 'temperature' | 'maxNewTokens'>,
  breathe: () => Promise<void>,
): Promise<{ episodes: Episode[]; seconds: { rollout: number; score: number } }> {
  const began = performance.now();
  const answers = await generate(models.policy, questions, {
    temperature,
    topK: 0,
    topP: 1,
    maxNewTokens,
    stopIds: models.tokenizer.stopIds,
    onStep: breathe,
  });
  const rollout = secondsSince(began);
  const sequences = answers.map(({ ids }, i) => ({ prompt: questions[i]!.ids, response: ids }));
  const measured = await measure(models, sequences, temperature, breathe);
  const rewards = await scoreAnswers(models, sequences, breathe);
  const episodes = answers.map(({ terminated }, i) => ({
    promptId: questions[i]!.id,
    ...sequences[i]!,
    terminated,
    ...measured[i]!,
    reward: rewards[i]!,
  }));
  return { episodes, seconds: { rollout, score: secondsSince(began) - rollout } };
}

/**
 * log π_θ, log π_SFT and V at every response token, all by the path that trains: sampling rounds differently, and a ratio must begin at exactly what is trained on.
 */
async function measure(
  { policy, reference, critic, tokenizer }: Models,
  sequences: readonly TokenSequence[],
  temperature: number,
  breathe: () => Promise<void>,
): Promise<Pick<Episode, 'logProbs' | 'referenceLogProbs' | 'values'>[]> {
  const measured = new Array<Pick<Episode, 'logProbs' | 'referenceLogProbs' | 'values'>>(sequences.length);
  for (const group of groupsByLength(sequences, 16)) {
    await breathe();
    const batch = responseBatch(
      group.map((i) => sequences[i]!),
      tokenizer.padId,
    );
    const [ofPolicy, ofCritic] = tf.tidy(() => {
      const predicting = predictingHidden(policy.hidden(batch.ids, batch.mask), batch); // [R, D]
      return [tokenLogProbs(policy, predicting, batch, temperature).logProbs, critic.values(predicting, batch)] as [
        tf.Tensor1D,
        tf.Tensor1D,
      ];
    });
    const logProbs = rowsOnHost(ofPolicy, batch);
    const values = rowsOnHost(ofCritic, batch);
    const referenceLogProbs = measureLogProbs(reference, batch, temperature);
    disposeBatch(batch);
    group.forEach((i, row) => {
      measured[i] = { logProbs: [...logProbs[row]!], referenceLogProbs: [...referenceLogProbs[row]!], values: [...values[row]!] };
    });
  }
  return measured;
}

/** r_φ of each answer. @throws PlainError when one is longer than the reward model reads. */
export function scoreAnswers(
  { rewardModel, tokenizer }: Pick<Models, 'rewardModel' | 'tokenizer'>,
  sequences: readonly TokenSequence[],
  breathe: () => Promise<void>,
): Promise<number[]> {
  const { positions } = rewardModel.decoder.config;
  const whole = sequences.map((sequence) => {
    const fitted = fitContext(judged(sequence, tokenizer.stopIds, tokenizer.eosId), positions);
    if (fitted) return fitted;
    throw new PlainError(
      'bad_input',
      `An answer of ${sequence.response.length} tokens is longer than the ${positions} that the reward model reads. Set "Longest answer" lower.`,
    );
  });
  return rewardModel.score(whole, tokenizer.padId, breathe);
}
