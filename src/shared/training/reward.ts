import { z } from 'zod';
import { common, commonSettings } from './common.ts';
import type { Setting } from './settings.ts';

/** The reward model r_φ: a backbone and a linear head, trained on rankings by Bradley–Terry (spec/algorithms.md, Reward model). */
export const rewardConfig = z.strictObject({
  learningRate: z.number().positive().default(5e-5),
  epochs: z.number().positive().default(1),
  /**
   * Fit the head to the pairs before fine-tuning, with this ridge relative to the size of hidden states; 0: the head begins at random. Strong, so that a few hundred
   * judgments choose one direction and are not learned by heart.
   */
  headRidge: z.number().min(0).default(0.15),
  /** Pairs an update. */
  batchSize: z.int().min(1).default(8),
  warmupFraction: z.number().min(0).max(1).default(0.03),
  schedule: z.enum(['cosine', 'linear', 'constant']).default('cosine'),
  weightDecay: z.number().min(0).default(0.01),
  adamEpsilon: z.number().positive().default(1e-5),
  /** c in c·(r_c + r_r)². */
  centerRewardsCoefficient: z.number().min(0).default(0.01),
  /** Margin m by strength 1, 2, 3. */
  margins: z.tuple([z.number().min(0), z.number().min(0), z.number().min(0)]).default([0, 0.5, 1]),
  /**
   * Pairs judged both bad: `leave_out`, since Bradley–Terry knows differences only; or `negative`, each of their responses as the worse one beside a response that was
   * chosen on another prompt.
   */
  bothBad: z.enum(['leave_out', 'negative']).default('leave_out'),
  /** K heads on one backbone, each by its own seed on its own draw of the judgments; the reward is their mean, and where they disagree it is not to be trusted. 1: one head. */
  ensemble: z.int().min(1).max(32).default(1),
  /** Answers of the start checkpoint whose rewards are given mean 0 and deviation 1; under 16, the judged responses are taken instead. */
  normalizationSamples: z.int().min(0).default(128),
  checkpointEvery: z.int().min(1).default(20),
  evaluateEvery: z.int().min(1).default(10),
  ...common,
});
export type RewardConfig = z.infer<typeof rewardConfig>;

export const rewardSettings: Setting<RewardConfig>[] = [
  {
    key: 'learningRate',
    label: 'Learning rate',
    why: '5e-5 refines a fitted head, 3e-4 suits one that begins at random; 1e-5 suits a large model, 1e-4 with LoRA',
    main: true,
  },
  { key: 'epochs', label: 'Epochs', why: 'one; more mostly learns the pairs by heart', main: true },
  { key: 'batchSize', label: 'Pairs an update', why: '8 gives enough updates from 300 judgments', main: true },
  {
    key: 'headRidge',
    label: 'Ridge of the first head',
    why: 'the head is fitted before fine-tuning, the more cautiously the larger; 0 begins at random',
  },
  {
    key: 'bothBad',
    label: 'Both bad',
    why: 'left out, as they say nothing of the difference; negative sets their responses below chosen ones of other prompts',
  },
  {
    key: 'ensemble',
    label: 'Members',
    why: 'heads on draws of the judgments of their own; 5 say where the reward is a guess, at hardly any cost',
  },
  { key: 'centerRewardsCoefficient', label: 'Centering', why: 'keeps rewards near 0; they mean only differences' },
  { key: 'margins', label: 'Margin by strength', why: 'how much farther apart a clear or strong preference is pushed' },
  {
    key: 'normalizationSamples',
    label: 'Samples for the scale',
    why: 'answers of SFT whose rewards get mean 0 and deviation 1, so that β means the same for every reward model',
  },
  { key: 'warmupFraction', label: 'Warm-up', why: 'share of steps over which the learning rate rises' },
  { key: 'schedule', label: 'Schedule', why: 'how the learning rate falls after the warm-up' },
  { key: 'weightDecay', label: 'Weight decay', why: 'decoupled; none on biases and norms' },
  { key: 'adamEpsilon', label: 'Adam ε', why: '1e-5, as in RLHF since InstructGPT' },
  { key: 'checkpointEvery', label: 'Checkpoint every', why: 'steps between resumable states' },
  { key: 'evaluateEvery', label: 'Evaluate every', why: 'steps between measurements on held-out prompts' },
  ...commonSettings,
];
