import { AdamW } from '#engine/nn/adamw.ts';
import { Parameters } from '#engine/nn/parameters.ts';
import { Random } from '#engine/nn/random.ts';
import { judgeOf } from '#engine/rewards/judge.ts';
import type { Tokenizer } from '#engine/tokens/tokenizer.ts';
import { criticFromRewardModel } from '#engine/training/critic.ts';
import { improve, targetsOf } from '#engine/training/ppo.ts';
import { RewardModel } from '#engine/training/reward-model.ts';
import { collectEpisodes, type Models } from '#engine/training/rollout.ts';
import { ScoreHead } from '#engine/training/score-head.ts';
import { ppoConfig } from '#shared/training/ppo.ts';
import { rewardParts } from '#shared/training/rewards.ts';
import { ppo, small } from './shapes.ts';
import { model, randomIds, type Work } from './work.ts';

/**
 * One iteration as a run makes it, critic of its own included: answers, their log-probabilities under policy and reference, values, rewards, then `epochs` passes of one minibatch.
 */
export function ppoIteration(): Work {
  const policy = model(small);
  const rewardModel = new RewardModel(model(small, 2), ScoreHead.zeros(policy.config.width));
  const critic = criticFromRewardModel(rewardModel, { adapter: null, recompute: false, seed: 0 });
  // Nothing here reads or writes text, and no answer ends early.
  const tokenizer = { stopIds: [] as number[], padId: 0, eosId: 1 } as unknown as Tokenizer;
  const judge = judgeOf(rewardParts.parse(undefined), rewardModel, tokenizer);
  const models: Models = { policy, reference: policy.copy(), critic, rewardModel, judge, tokenizer };
  const { episodes: count, epochs, response } = ppo;
  const config = ppoConfig.parse({ episodes: count, epochs, maxNewTokens: response, minibatchSize: count });
  const parameters = Parameters.merge(policy.parameters.prefixed('policy.'), critic.parameters.prefixed('critic.'));
  const optimizer = new AdamW(parameters, { beta1: 0.9, beta2: 0.999, epsilon: config.adamEpsilon, weightDecay: 0 });
  const prompts = randomIds(ppo.episodes, ppo.prompt, small.vocab_size);
  const breathe = async (): Promise<void> => {};
  let step = 0;
  return {
    amount: ppo.episodes,
    run: async () => {
      const questions = prompts.map((ids, i) => ({ id: String(i), ids, generator: Random.from(step, i) }));
      const { episodes } = await collectEpisodes(models, questions, config, breathe);
      const targets = targetsOf(episodes, config.klCoefficient, config);
      const chosen = episodes.map((_, i) => i);
      for (let epoch = 0; epoch < ppo.epochs; epoch++) {
        const settings = { learningRate: 1e-5, step };
        await improve(models, { parameters, optimizer }, episodes, targets, chosen, config, settings, breathe);
      }
      step++;
    },
    dispose: () => {
      optimizer.dispose();
      for (const part of [policy, models.reference, critic, rewardModel]) part.dispose();
    },
  };
}
