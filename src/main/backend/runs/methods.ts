import type { CheckpointKind, Method } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import type { MetricName } from '#shared/metrics.ts';
import { type DpoConfig, dpoConfig } from '#shared/training/dpo.ts';
import { type GrpoConfig, grpoConfig } from '#shared/training/grpo.ts';
import { type PpoConfig, ppoConfig } from '#shared/training/ppo.ts';
import { refusedSettings } from '#shared/training/refused-settings.ts';
import { type RewardConfig, rewardConfig } from '#shared/training/reward.ts';
import { type SftConfig, sftConfig } from '#shared/training/sft.ts';
import type { RunRow } from '#store/queries/runs.ts';

/** A method with its settings, complete. */
export type Configured =
  | { method: 'sft'; config: SftConfig }
  | { method: 'reward'; config: RewardConfig }
  | { method: 'ppo'; config: PpoConfig }
  | { method: 'grpo'; config: GrpoConfig }
  | { method: 'dpo'; config: DpoConfig };

/** The metrics that tell how a run went, the best one first: what was measured on held-out prompts before what a batch that was trained on says. */
export const headlines: Record<Method, readonly MetricName[]> = {
  sft: ['sft/held_out_loss', 'sft/loss'],
  reward: ['rm/held_out_accuracy', 'rm/accuracy'],
  ppo: ['held_out/rlhf_reward', 'objective/rlhf_reward', 'objective/reward'],
  grpo: ['held_out/rlhf_reward', 'objective/rlhf_reward', 'objective/reward'],
  dpo: ['dpo/held_out_accuracy', 'dpo/accuracy'],
};

/** What training may start from, the usual choice first. */
export const startKinds: readonly CheckpointKind[] = ['sft', 'base', 'policy'];

export const methodWords: Record<Method, string> = { sft: 'SFT', reward: 'a reward model', ppo: 'PPO', grpo: 'GRPO', dpo: 'DPO' };

const schemas = { sft: sftConfig, reward: rewardConfig, ppo: ppoConfig, grpo: grpoConfig, dpo: dpoConfig } as const;

/**
 * The settings of a method, its defaults filled in.
 * @throws PlainError bad_input naming each setting that is unknown or out of range
 */
export function configure(method: Method, settings: unknown): Configured {
  const parsed = schemas[method].safeParse(settings);
  if (!parsed.success) {
    throw new PlainError(
      'bad_input',
      `These settings of ${methodWords[method]} cannot be used: ${refusedSettings(parsed.error, settings)}. Correct them and start again.`,
    );
  }
  return { method, config: parsed.data } as Configured;
}

/** The settings of a run on record. GRPO's runs of before there was `klIn` had KL in the loss, whatever new ones have. */
export function recordedSettings({ method, config }: Pick<RunRow, 'method' | 'config'>): Configured {
  return configure(method, method === 'grpo' ? { klIn: 'loss', ...config } : config);
}

/** How many steps a run takes: updates of what learns from judgments, batches of answers of what is online. */
export function stepsOf({ config }: Configured, trainRows: number): number {
  return 'steps' in config ? config.steps : Math.ceil((trainRows * config.epochs) / config.batchSize);
}
