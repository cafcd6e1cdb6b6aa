import { z } from 'zod';
import { common, commonSettings } from './common.ts';
import { online, onlineSettings } from './online.ts';
import type { Setting } from './settings.ts';

/** PPO toward r_φ − β·KL(π_θ ‖ π_SFT) (spec/algorithms.md, PPO). A step is one batch of episodes. */
export const ppoConfig = z.strictObject({
  learningRate: z.number().positive().default(3.5e-4),
  /** β. */
  klCoefficient: z.number().min(0).default(0.1),
  /** What β·KL of a token is by (Schulman 2020): k1 = lp − rp, k2 = ½(lp − rp)², k3 = e^(rp−lp) − 1 − (rp − lp). */
  klEstimator: z.enum(['k1', 'k2', 'k3']).default('k1'),
  /** Adapt β toward `klTarget`. */
  adaptiveKl: z.boolean().default(false),
  klTarget: z.number().positive().default(6),
  klHorizon: z.number().positive().default(10_000),
  /** Batches of episodes. */
  steps: z.int().min(1).default(26),
  /** Answers a batch. */
  episodes: z.int().min(1).default(96),
  /** Passes over a batch. */
  epochs: z.int().min(1).default(2),
  minibatchSize: z.int().min(1).default(48),
  clipRange: z.number().positive().default(0.2),
  valueClipRange: z.number().positive().default(0.2),
  /**
   * What estimates values: `separate`, a second model that begins as the reward model (Ouyang et al. 2022), or `head`, a head on the policy's own trunk that begins at 0.
   */
  critic: z.enum(['separate', 'head']).default('separate'),
  valueCoefficient: z.number().min(0).default(0.1),
  gamma: z.number().min(0).max(1).default(1),
  /** λ of GAE. */
  lambda: z.number().min(0).max(1).default(0.95),
  whitenRewards: z.boolean().default(false),
  /** Over which tokens advantages get mean 0 and deviation 1. */
  whitenAdvantages: z.enum(['batch', 'minibatch', 'none']).default('batch'),
  /** Per-token KL clip; 0 is off. */
  klClip: z.number().min(0).default(10),
  ...online,
  ...common,
});
export type PpoConfig = z.infer<typeof ppoConfig>;

export const ppoSettings: Setting<PpoConfig>[] = [
  {
    key: 'klCoefficient',
    label: 'β, the KL penalty',
    why: 'how dear it is to move away from SFT; 0.1 suits the demo model, 0.05 a large one; lower reaches more reward and hacks sooner',
    main: true,
  },
  { key: 'steps', label: 'Steps', why: 'batches of answers; 26 are enough for the demo model', main: true },
  { key: 'episodes', label: 'Answers a step', why: 'more is steadier and slower', main: true },
  { key: 'learningRate', label: 'Learning rate', why: '3.5e-4 suits a 1M-parameter model; 1e-5 a large one, 1e-4 with LoRA', main: true },
  { key: 'adaptiveKl', label: 'Adapt β', why: 'moves β so that KL stays near its target', main: true },
  { key: 'klTarget', label: 'KL target', why: 'nats a response, used when β adapts' },
  { key: 'klHorizon', label: 'KL horizon', why: 'episodes over which β adapts' },
  {
    key: 'klEstimator',
    label: 'KL estimator',
    why: 'of what is paid for: k1 is unbiased, of either sign; k2 and k3 are never negative, k2 biased, k3 with rare large values',
  },
  { key: 'epochs', label: 'Epochs a batch', why: 'passes over the same answers' },
  { key: 'minibatchSize', label: 'Minibatch', why: 'answers an update' },
  { key: 'clipRange', label: 'Clip ε', why: 'how far one update may move a token’s probability' },
  { key: 'valueClipRange', label: 'Value clip', why: 'how far one update may move a value' },
  {
    key: 'critic',
    label: 'Critic',
    why: 'separate begins as the reward model and knows something at once; head needs less memory and time, and learns late',
  },
  { key: 'valueCoefficient', label: 'Value weight', why: 'share of the value loss' },
  { key: 'gamma', label: 'γ', why: '1: the score at the end counts in full' },
  { key: 'lambda', label: 'λ of GAE', why: '0.95 trades bias for variance' },
  { key: 'whitenRewards', label: 'Whiten rewards', why: 'scales rewards of a batch to unit spread' },
  {
    key: 'whitenAdvantages',
    label: 'Whiten advantages',
    why: 'mean 0 and spread 1 over a batch, so that the learning rate means the same for every reward',
  },
  { key: 'klClip', label: 'KL clip', why: 'bound on one token’s KL; 0 is off' },
  ...onlineSettings,
  ...commonSettings,
];
