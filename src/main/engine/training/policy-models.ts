import { PlainError } from '#shared/errors.ts';
import type { JobOf, PromptRow } from '#shared/jobs.ts';
import { needsRewardModel } from '#shared/training/rewards.ts';
import { type Judge, judgeOf } from '../rewards/judge.ts';
import { type Checkpoint, CheckpointLoader } from '../weights/checkpoint.ts';
import type { JobContext } from './context.ts';
import { criticFromPolicy, criticFromRewardModel, headCritic } from './critic.ts';
import { decoderToTrain } from './decoder-to-train.ts';
import { MemberHeads } from './member-heads.ts';
import { promptTokens } from './prompt.ts';
import { RewardModel } from './reward-model.ts';
import type { Models, PolicyModels, Rollout } from './rollout.ts';
import { ScoreHead } from './score-head.ts';

/** A reward model from its checkpoint. @throws PlainError when the folder holds something else. */
export function loadRewardModel(folder: string, loader = new CheckpointLoader()): { model: RewardModel; checkpoint: Checkpoint } {
  const checkpoint = loader.load(folder);
  const { decoder, manifest, scoreHead } = checkpoint;
  if (!scoreHead || !manifest.reward) {
    loader.release(checkpoint);
    throw new PlainError('bad_input', `The checkpoint in ${folder} is no reward model. Train one, or choose another.`);
  }
  const model = new RewardModel(decoder, ScoreHead.from(scoreHead), scoreHead.members ? new MemberHeads(scoreHead.members) : null);
  model.scale = manifest.reward;
  return { model, checkpoint };
}

/** Policy and reference from the start checkpoint, the reward model, and a critic as the settings want it. */
export function loadModels(job: JobOf<'ppo'>, judge?: Judge): Models & StartBase {
  const models = loadPolicyAndJudge(job, judge);
  const { policy, reference, rewardModel } = models;
  if (job.config.critic === 'head') return { ...models, critic: headCritic(policy.config.width) };
  if (!rewardModel) return { ...models, critic: criticFromPolicy(reference, job.config) };
  return { ...models, critic: criticFromRewardModel(rewardModel, job.config) };
}

/** What an adapter that a run makes rests on (`Checkpoint.base`). */
interface StartBase {
  base: string | undefined;
}

/**
 * Policy and reference from the start checkpoint, and what judges answers: the job's `rewards`, with its reward model if they name it, or a judge of the caller's own.
 * The reference is the start as it was read, so a policy that is an adapter needs no second copy of its weights, nor does a reward model that is another adapter of the same.
 * @throws PlainError when the reward model reads other tokens.
 */
export function loadPolicyAndJudge(
  { startCheckpoint, rewardModel: folder, config, bases }: JobOf<'ppo'> | JobOf<'grpo'>,
  judge?: Judge,
): PolicyModels & StartBase {
  const loader = new CheckpointLoader(bases);
  const { decoder: reference, tokenizer, base } = loader.load(startCheckpoint);
  const scorer = folder !== null && needsRewardModel(config) && !judge ? loadRewardModel(folder, loader) : null;
  if (scorer && !sameTokens(tokenizer.files, scorer.checkpoint.tokenizer.files)) {
    throw new PlainError(
      'bad_input',
      'The reward model reads other tokens than the policy writes. Train a reward model from the same start checkpoint.',
    );
  }
  const rewardModel = scorer?.model ?? null;
  const policy = decoderToTrain(reference, config, true);
  return { policy, reference, rewardModel, judge: judge ?? judgeOf(config.rewards, rewardModel, tokenizer), tokenizer, base };
}

function sameTokens(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.get('tokenizer.json') === b.get('tokenizer.json');
}

/** Prompts as tokens, cut from their left where they would leave less than the longest answer (or half of the context, if that is longer still). */
export function questionsOf(
  rows: readonly PromptRow[],
  { policy, tokenizer }: Pick<PolicyModels, 'policy' | 'tokenizer'>,
  { maxNewTokens }: Pick<Rollout, 'maxNewTokens'>,
  context: JobContext,
): { id: string; ids: number[] }[] {
  const { positions } = policy.config;
  const room = positions - Math.min(maxNewTokens, Math.floor(positions / 2));
  const questions = rows.map((row) => ({ id: row.id, ids: promptTokens(tokenizer, row) }));
  const cut = questions.filter(({ ids }) => ids.length > room).length;
  if (cut > 0)
    context.emit({
      event: 'log',
      line: `${cut} of ${rows.length} prompts are longer than ${room} tokens and were cut from their left, to leave room for an answer.`,
    });
  return questions.map(({ id, ids }) => ({ id, ids: ids.slice(-room) }));
}
