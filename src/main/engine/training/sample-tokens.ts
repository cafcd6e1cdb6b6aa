import type { SampleTokens } from '#shared/jobs.ts';
import type { PpoConfig } from '#shared/training/ppo.ts';
import type { Tokenizer } from '../tokens/tokenizer.ts';
import { episodeScore, generalizedAdvantages, tokenRewards } from './maths/advantages.ts';
import { tokenKls } from './maths/kl.ts';
import type { Episode } from './rollout.ts';

type Priced = Pick<
  PpoConfig,
  'klEstimator' | 'klCoefficient' | 'klClip' | 'gamma' | 'lambda' | 'scoreClip' | 'penalizeMissingEos' | 'missingEosScore'
>;

/**
 * One answer token by token, to be read beside its text: log π_θ/π_SFT, and where a critic values states also what PPO would learn from it, by the same formulas
 * (tokenRewards, generalizedAdvantages; before whitening, which needs a batch).
 */
export function sampleTokens(answer: Episode, tokenizer: Tokenizer, priced: Priced | null): SampleTokens {
  const { response, logProbs, referenceLogProbs, values } = answer;
  const tokens = response.map((id) => tokenizer.decode([id], { keepSpecial: true }));
  const logRatios = logProbs.map((logProb, t) => logProb - referenceLogProbs[t]!);
  if (!priced) return { tokens, logRatios };
  const score = episodeScore(answer.reward, answer.terminated, priced);
  const rewards = tokenRewards(tokenKls(priced.klEstimator, logProbs, referenceLogProbs), score, priced.klCoefficient, priced.klClip);
  const { advantages } = generalizedAdvantages(rewards, values, priced.gamma, priced.lambda);
  return { tokens, logRatios, rewards: [...rewards], values: [...values], advantages: [...advantages] };
}
