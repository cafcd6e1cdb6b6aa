import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { DecodeWeights } from '#shared/sampling.ts';
import type { Decoder } from '../nn/decoder.ts';
import type { Random } from '../nn/random.ts';
import { type Judge, judgment } from '../rewards/judge.ts';
import { generate } from '../sampling/generate.ts';
import type { Tokenizer } from '../tokens/tokenizer.ts';
import { disposeBatch, groupsByLength, responseBatch, type TokenSequence } from './batch.ts';
import type { Critic } from './critic.ts';
import { secondsSince } from './pace.ts';
import { measureLogProbs, predictingHidden, rowsOnHost, tokenLogProbs } from './response.ts';
import type { RewardModel } from './reward-model.ts';

/** One answer and all that an update needs to know of it. Everything per token has one number for each response token, the stop token included. */
export const sample = z.object({
  promptId: z.string(),
  prompt: z.array(z.int()),
  response: z.array(z.int()),
  terminated: z.boolean(),
  /** log π_θ as it was when the answer was drawn, measured by the training path. */
  logProbs: z.array(z.number()),
  /** log π_SFT. */
  referenceLogProbs: z.array(z.number()),
  /** Σ_t of −log π_θ(y_t) less the entropy there, which is 0 on average when the answer was drawn from what is trained, and Σ_t of its square. */
  surprise: z.object({ excess: z.number(), squares: z.number() }),
  ...judgment.shape,
});
export type Sample = z.infer<typeof sample>;

/** An answer as PPO needs it. */
export const episode = sample.extend({
  /** V of the critic as it was then. */
  values: z.array(z.number()),
});
export type Episode = z.infer<typeof episode>;

/** The models that answer, hold on to SFT and judge, and the tokenizer that they share. */
export interface PolicyModels {
  policy: Decoder;
  reference: Decoder;
  /** What answers are worth. */
  judge: Judge;
  /** Null where no reward is by it. */
  rewardModel: RewardModel | null;
  tokenizer: Tokenizer;
}

/** The four models of PPO; in GRPO a group's mean stands in for the critic. */
export interface Models extends PolicyModels {
  critic: Critic;
}

export interface Question {
  id: string;
  /** Prompt tokens that leave room for an answer. */
  ids: number[];
  /** Fixes the answer, whatever else is answered beside it. */
  generator: Random;
}

/** How answers are drawn. */
export interface Rollout {
  temperature: number;
  maxNewTokens: number;
  /** 'f32' where it is left out. */
  decodeWeights?: DecodeWeights;
}

/** Seconds that answering took, and measuring the answers. */
export interface RolloutSeconds {
  rollout: number;
  score: number;
}

/** Answers measured at a time. */
const measuredAtOnce = 16;

/** Answers each question with the policy and measures the answers, values by the critic included. */
export async function collectEpisodes(
  models: Models,
  questions: readonly Question[],
  settings: Rollout,
  breathe: () => Promise<void>,
): Promise<{ episodes: Episode[]; seconds: RolloutSeconds }> {
  const { answers, seconds } = await collect(models, models.critic, questions, settings, breathe);
  return { episodes: answers, seconds };
}

/** Answers each question with the policy and measures the answers. */
export async function collectSamples(
  models: PolicyModels,
  questions: readonly Question[],
  settings: Rollout,
  breathe: () => Promise<void>,
): Promise<{ samples: Sample[]; seconds: RolloutSeconds }> {
  const { answers, seconds } = await collect(models, null, questions, settings, breathe);
  return { samples: answers.map(({ values: _, ...rest }) => rest), seconds };
}

/** Without a critic an answer has no values. */
async function collect(
  models: PolicyModels,
  critic: Critic | null,
  questions: readonly Question[],
  { temperature, maxNewTokens, decodeWeights = 'f32' }: Rollout,
  breathe: () => Promise<void>,
): Promise<{ answers: Episode[]; seconds: RolloutSeconds }> {
  const began = performance.now();
  const { stopIds } = models.tokenizer;
  const drawing = { temperature, topK: 0, topP: 1, maxNewTokens, decodeWeights, stopIds, onStep: breathe };
  const answered = await generate(models.policy, questions, drawing);
  const rollout = secondsSince(began);
  const sequences = answered.map(({ ids }, i) => ({ prompt: questions[i]!.ids, response: ids }));
  const measured = await measure(models, critic, sequences, temperature, breathe);
  const drawn = answered.map(({ terminated }, i) => ({ promptId: questions[i]!.id, ...sequences[i]!, terminated }));
  const judgments = await models.judge.judge(drawn, breathe);
  const answers = drawn.map((answer, i) => ({ ...answer, ...measured[i]!, ...judgments[i]! }));
  return { answers, seconds: { rollout, score: secondsSince(began) - rollout } };
}

type Measured = Pick<Episode, 'logProbs' | 'referenceLogProbs' | 'surprise' | 'values'>;

/**
 * log π_θ, log π_SFT and V at every response token, all by the path that trains: sampling rounds differently, and a ratio must begin at exactly what is trained on.
 */
export async function measure(
  { policy, reference, tokenizer }: Pick<PolicyModels, 'policy' | 'reference' | 'tokenizer'>,
  critic: Critic | null,
  sequences: readonly TokenSequence[],
  temperature: number,
  breathe: () => Promise<void>,
): Promise<Measured[]> {
  const measured = new Array<Measured>(sequences.length);
  for (const group of groupsByLength(sequences, measuredAtOnce)) {
    await breathe();
    const batch = responseBatch(
      group.map((i) => sequences[i]!),
      tokenizer.padId,
    );
    const [ofPolicy, ofEntropy, ofCritic] = tf.tidy(() => {
      const predicting = predictingHidden(policy, batch); // [R, D]
      const { logProbs, entropy } = tokenLogProbs(policy, predicting, batch, temperature); // [R]
      return critic ? [logProbs, entropy, critic.values(predicting, batch)] : [logProbs, entropy];
    }) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D?];
    const logProbs = rowsOnHost(ofPolicy, batch);
    const entropies = rowsOnHost(ofEntropy, batch);
    const values = ofCritic && rowsOnHost(ofCritic, batch);
    const referenceLogProbs = measureLogProbs(reference, batch, temperature);
    disposeBatch(batch);
    group.forEach((i, row) => {
      measured[i] = {
        logProbs: [...logProbs[row]!],
        referenceLogProbs: [...referenceLogProbs[row]!],
        surprise: surpriseOf(logProbs[row]!, entropies[row]!),
        values: [...(values?.[row] ?? [])],
      };
    });
  }
  return measured;
}

function surpriseOf(logProbs: Float64Array, entropies: Float64Array): Sample['surprise'] {
  let [excess, squares] = [0, 0];
  for (let t = 0; t < logProbs.length; t++) {
    const more = -logProbs[t]! - entropies[t]!;
    excess += more;
    squares += more * more;
  }
  return { excess, squares };
}
