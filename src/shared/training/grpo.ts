import { z } from 'zod';
import { common, commonSettings } from './common.ts';
import { online, onlineSettings } from './online.ts';
import type { Setting } from './settings.ts';

/** Group relative policy optimization toward r_φ − β·KL(π_θ ‖ π_SFT), with the group's mean for a baseline (spec/algorithms.md, GRPO). A step is one batch of groups. */
export const grpoConfig = z.strictObject({
  learningRate: z.number().positive().default(3.5e-4),
  /** β. */
  klCoefficient: z.number().min(0).default(0.12),
  /**
   * Where β·KL stands: `loss`, beside each token's surrogate, by k3 (Shao et al. 2024); or `reward`, in what an answer is worth, by k1 summed over its tokens as they were
   * drawn (Ahmadian et al. 2024, §3).
   */
  klIn: z.enum(['loss', 'reward']).default('reward'),
  /** Batches of groups. */
  steps: z.int().min(1).default(32),
  /** Prompts a step. */
  groups: z.int().min(1).default(24),
  /** G: answers to each prompt. */
  groupSize: z.int().min(2).default(4),
  /** Passes over a batch. */
  epochs: z.int().min(1).default(2),
  /** Answers an update. */
  minibatchSize: z.int().min(1).default(48),
  /** Answers that `bnpo` counts the tokens of, and over which the other reductions average; 0: the minibatch. */
  microBatchSize: z.int().min(0).default(0),
  /** ε_lo and ε_hi: ρ is clipped to 1 − ε_lo … 1 + ε_hi. */
  clipRangeLow: z.number().positive().lt(1).default(0.2),
  clipRangeHigh: z.number().positive().default(0.2),
  /** What divides a reward less its group's mean: the deviation of its group, that of the whole batch, or nothing. */
  scaleRewards: z.enum(['group', 'batch', 'none']).default('batch'),
  /** How losses of tokens become one (Shao et al. 2024, grpo; Liu et al. 2025, dr_grpo; Yu et al. 2025, dapo). */
  reduction: z.enum(['dapo', 'grpo', 'bnpo', 'dr_grpo']).default('dr_grpo'),
  ...online,
  ...common,
});
export type GrpoConfig = z.infer<typeof grpoConfig>;

export const grpoSettings: Setting<GrpoConfig>[] = [
  {
    key: 'klCoefficient',
    label: 'β, the KL penalty',
    why: 'how dear it is to move away from SFT; 0.12 suits the demo model, 0.04 a large one; lower hacks sooner',
    main: true,
  },
  {
    key: 'klIn',
    label: 'KL in',
    why: 'reward: an answer is worth less by all of its KL, so that going on has its price; loss: each token by itself, as in DeepSeekMath',
  },
  { key: 'steps', label: 'Steps', why: 'batches of answers; 32 are enough for the demo model', main: true },
  { key: 'groups', label: 'Prompts a step', why: 'more is steadier and slower', main: true },
  {
    key: 'groupSize',
    label: 'Answers a prompt',
    why: 'what an answer is compared with; of as many answers, more prompts with fewer each taught the demo model a little more (24 × 4 over 12 × 8)',
    main: true,
  },
  { key: 'learningRate', label: 'Learning rate', why: '3.5e-4 suits a 1M-parameter model; 1e-6 a large one, 1e-5 with LoRA', main: true },
  { key: 'epochs', label: 'Epochs a batch', why: 'passes over the same answers' },
  { key: 'minibatchSize', label: 'Minibatch', why: 'answers an update' },
  {
    key: 'microBatchSize',
    label: 'Micro-batch',
    why: 'answers over which the loss is averaged; 0: the minibatch. dapo gives the same whatever it is',
  },
  { key: 'clipRangeLow', label: 'Clip ε, down', why: 'how far one update may lower a token’s probability' },
  { key: 'clipRangeHigh', label: 'Clip ε, up', why: 'how far it may raise one; 0.28 keeps rare tokens alive longer (DAPO)' },
  {
    key: 'scaleRewards',
    label: 'Scale rewards',
    why: 'by the spread of the batch; group favors prompts whose answers hardly differ, none leaves rewards as they are',
  },
  {
    key: 'reduction',
    label: 'Reduction',
    why: 'dr_grpo: every token counts the same in every update; dapo: in each by how many there are; grpo favors short answers',
  },
  ...onlineSettings,
  ...commonSettings,
];
