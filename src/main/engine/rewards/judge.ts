import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import { partNames, type RewardPart } from '#shared/training/rewards.ts';
import { interruptible, TookTooLong } from '../interruptible.ts';
import type { Tokenizer } from '../tokens/tokenizer.ts';
import { fitContext, type TokenSequence } from '../training/batch.ts';
import { judged, type RewardModel } from '../training/reward-model.ts';
import { ruleOf } from './rules.ts';

/** An answer to be judged. */
export interface Answer extends TokenSequence {
  promptId: string;
  terminated: boolean;
}

/** What an answer was judged to be worth. */
export const judgment = z.object({
  /** Σ_i w_i · part_i, neither clipped nor replaced. */
  reward: z.number(),
  /** part_i before its weight, in the order of the judge's `names`. */
  parts: z.array(z.number()),
  /** Deviation of r_φ over its members; null where it has but one, or no part. */
  disagreement: z.number().nullable(),
});
export type Judgment = z.infer<typeof judgment>;

/** Whatever says what answers are worth: to PPO and GRPO it is r(x, y). */
export interface Judge {
  /** Of the parts. */
  readonly names: readonly string[];
  judge(answers: readonly Answer[], breathe: () => Promise<void>): Promise<Judgment[]>;
}

/** A rule that takes longer than this for one batch of answers hangs. */
const longestMilliseconds = 5000;

/**
 * The judge of a run's setting `rewards`.
 * @param rewardModel needed where a part is `model`.
 */
export function judgeOf(parts: readonly RewardPart[], rewardModel: RewardModel | null, tokenizer: Tokenizer): Judge {
  const names = partNames(parts);
  const measures = parts.map((part, i) => measureOf(part, names[i]!, rewardModel, tokenizer));
  return {
    names,
    async judge(answers, breathe) {
      const measured: Measured[] = [];
      for (const measure of measures) measured.push(await measure(answers, breathe));
      const disagreements = measured.find(({ disagreements }) => disagreements !== null)?.disagreements ?? null;
      return answers.map((_, n) => ({
        reward: measured.reduce((sum, { values }, i) => sum + parts[i]!.weight * values[n]!, 0),
        parts: measured.map(({ values }) => values[n]!),
        disagreement: disagreements?.[n] ?? null,
      }));
    },
  };
}

/** One part of many answers. */
interface Measured {
  values: number[];
  disagreements: number[] | null;
}
type Measure = (answers: readonly Answer[], breathe: () => Promise<void>) => Promise<Measured>;

function measureOf(part: RewardPart, name: string, rewardModel: RewardModel | null, tokenizer: Tokenizer): Measure {
  if (part.kind === 'model') {
    if (!rewardModel) throw new PlainError('not_found', 'A reward of this run is its reward model, and it has none. Choose one.');
    return (answers, breathe) => modelPart(rewardModel, tokenizer, part.caution, answers, breathe);
  }
  const rule = ruleOf(part);
  return async (answers, breathe) => {
    await breathe();
    const ruled = answers.map(({ response }) => ({ text: tokenizer.decode(response), tokens: response.length }));
    try {
      return { values: interruptible(longestMilliseconds, () => ruled.map(rule)), disagreements: null };
    } catch (error) {
      if (!(error instanceof TookTooLong)) throw error;
      throw new PlainError(
        'bad_input',
        `The reward "${name}" took more than ${longestMilliseconds / 1000} seconds for ${answers.length} answers: its pattern tries too many ways to match. Make it simpler (no repetition within a repetition) and start again.`,
      );
    }
  };
}

/** r_φ of each answer, or its lower bound. @throws PlainError when one is longer than the reward model reads. */
async function modelPart(
  rewardModel: RewardModel,
  { stopIds, eosId, padId }: Tokenizer,
  caution: number,
  answers: readonly Answer[],
  breathe: () => Promise<void>,
): Promise<Measured> {
  const { positions } = rewardModel.decoder.config;
  const whole = answers.map((answer) => {
    const fitted = fitContext(judged(answer, stopIds, eosId), positions);
    if (fitted) return fitted;
    throw new PlainError(
      'bad_input',
      `An answer of ${answer.response.length} tokens is longer than the ${positions} that the reward model reads. Set "Longest answer" lower.`,
    );
  });
  const { rewards, disagreements } = await rewardModel.scoreMembers(whole, padId, breathe);
  if (disagreements === null || caution === 0) return { values: rewards, disagreements };
  return { values: rewards.map((reward, i) => reward - caution * disagreements[i]!), disagreements };
}
