import { z } from 'zod';
import type { GrpoConfig } from '#shared/training/grpo.ts';
import { generate } from '../sampling/generate.ts';
import { disposeBatch, groupsByLength, responseBatch, type TokenSequence } from './batch.ts';
import { secondsSince } from './pace.ts';
import { type Models, type Question, scoreAnswers } from './ppo-rollout.ts';
import { measureLogProbs } from './response.ts';

/** One answer and all that GRPO needs to know of it. Everything per token has one number for each response token, the stop token included. */
export const sample = z.object({
  promptId: z.string(),
  prompt: z.array(z.int()),
  response: z.array(z.int()),
  terminated: z.boolean(),
  /** log π_θ as it was when the answer was drawn, measured by the training path. */
  logProbs: z.array(z.number()),
  /** log π_SFT. */
  referenceLogProbs: z.array(z.number()),
  /** r_φ(x, y), neither clipped nor replaced. */
  reward: z.number(),
});
export type Sample = z.infer<typeof sample>;

/** The three models of GRPO: a group's mean stands in for a critic. */
export type GrpoModels = Omit<Models, 'critic'>;

/** Answers measured at a time. */
const measuredAtOnce = 16;

/** Answers each question with the policy and measures the answers. */
export async function collectSamples(
  models: GrpoModels,
  questions: readonly Question[],
  { temperature, maxNewTokens }: Pick<GrpoConfig, 'temperature' | 'maxNewTokens'>,
  breathe: () => Promise<void>,
): Promise<{ samples: Sample[]; seconds: { rollout: number; score: number } }> {
  const began = performance.now();
  const { stopIds } = models.tokenizer;
  const answers = await generate(models.policy, questions, { temperature, topK: 0, topP: 1, maxNewTokens, stopIds, onStep: breathe });
  const rollout = secondsSince(began);
  const sequences = answers.map(({ ids }, i) => ({ prompt: questions[i]!.ids, response: ids }));
  const measured = await measure(models, sequences, temperature, breathe);
  const rewards = await scoreAnswers(models, sequences, breathe);
  const samples = answers.map(({ terminated }, i) => ({
    promptId: questions[i]!.id,
    ...sequences[i]!,
    terminated,
    ...measured[i]!,
    reward: rewards[i]!,
  }));
  return { samples, seconds: { rollout, score: secondsSince(began) - rollout } };
}

/** log π_θ and log π_SFT at every response token by the path that trains: a ratio must begin at exactly what is trained on. */
async function measure(
  { policy, reference, tokenizer }: GrpoModels,
  sequences: readonly TokenSequence[],
  temperature: number,
  breathe: () => Promise<void>,
): Promise<Pick<Sample, 'logProbs' | 'referenceLogProbs'>[]> {
  const measured = new Array<Pick<Sample, 'logProbs' | 'referenceLogProbs'>>(sequences.length);
  for (const group of groupsByLength(sequences, measuredAtOnce)) {
    await breathe();
    const batch = responseBatch(
      group.map((i) => sequences[i]!),
      tokenizer.padId,
    );
    const own = measureLogProbs(policy, batch, temperature);
    const others = measureLogProbs(reference, batch, temperature);
    disposeBatch(batch);
    group.forEach((i, row) => {
      measured[i] = { logProbs: [...own[row]!], referenceLogProbs: [...others[row]!] };
    });
  }
  return measured;
}
