import { z } from 'zod';
import { common, commonSettings } from './common.ts';
import type { Setting } from './settings.ts';

/** Direct preference optimization: the policy learns from judged pairs, with no reward model between (spec/algorithms.md, DPO). A step is one update. */
export const dpoConfig = z.strictObject({
  learningRate: z.number().positive().default(1.5e-4),
  /** β: the reward of an answer is β·log π_θ/π_SFT. */
  klCoefficient: z.number().positive().default(0.3),
  /** Rafailov et al. 2023 (sigmoid), Chowdhury et al. 2024 (robust), Zhao et al. 2023 (hinge), Azar et al. 2023 (ipo). */
  loss: z.enum(['sigmoid', 'robust', 'hinge', 'ipo']).default('sigmoid'),
  /** ε: share of judgments that are taken to be flipped; read by sigmoid (cDPO, Mitchell 2023) and robust. */
  labelSmoothing: z.number().min(0).lt(0.5).default(0),
  epochs: z.number().positive().default(6),
  /** Pairs an update. */
  batchSize: z.int().min(1).default(32),
  warmupFraction: z.number().min(0).max(1).default(0.1),
  schedule: z.enum(['linear', 'cosine', 'constant']).default('linear'),
  weightDecay: z.number().min(0).default(0),
  adamEpsilon: z.number().positive().default(1e-5),
  /** Of the answers that are shown while it trains. */
  temperature: z.number().positive().default(1),
  maxNewTokens: z.int().min(1).default(64),
  checkpointEvery: z.int().min(1).default(5),
  evaluateEvery: z.int().min(1).default(5),
  /** Steps between answers to the same eight prompts. */
  sampleEvery: z.int().min(1).default(5),
  ...common,
});
export type DpoConfig = z.infer<typeof dpoConfig>;

export const dpoSettings: Setting<DpoConfig>[] = [
  {
    key: 'klCoefficient',
    label: 'β, the pull toward SFT',
    why: 'lower moves farther from SFT for the same judgments; 0.3 suits the demo model, 0.1 a large one',
    main: true,
  },
  { key: 'learningRate', label: 'Learning rate', why: '1.5e-4 suits a 1M-parameter model; 1e-6 a large one, 1e-5 with LoRA', main: true },
  {
    key: 'epochs',
    label: 'Epochs',
    why: 'six small ones at a few hundred judgments of a small model, three of a large one; a higher rate over fewer learns less from them',
    main: true,
  },
  {
    key: 'batchSize',
    label: 'Pairs an update',
    why: '32 averages out flipped judgments; fewer give more updates and a rougher policy',
    main: true,
  },
  {
    key: 'loss',
    label: 'Loss',
    why: 'sigmoid is DPO’s own; robust bears flipped judgments, hinge stops at a margin, ipo aims at one',
    main: true,
  },
  { key: 'labelSmoothing', label: 'Label smoothing', why: 'share of judgments taken to be flipped, for sigmoid and robust' },
  { key: 'warmupFraction', label: 'Warm-up', why: 'share of steps over which the learning rate rises' },
  { key: 'schedule', label: 'Schedule', why: 'how the learning rate falls after the warm-up' },
  { key: 'weightDecay', label: 'Weight decay', why: 'none: β already holds the policy' },
  { key: 'adamEpsilon', label: 'Adam ε', why: '1e-5, as in RLHF since InstructGPT' },
  { key: 'temperature', label: 'Temperature', why: 'of the answers shown while it trains; 1 is what the model says by itself' },
  { key: 'maxNewTokens', label: 'Longest answer', why: 'tokens of the answers shown while it trains' },
  { key: 'checkpointEvery', label: 'Checkpoint every', why: 'steps between resumable states' },
  { key: 'evaluateEvery', label: 'Evaluate every', why: 'steps between measurements on held-out prompts' },
  { key: 'sampleEvery', label: 'Samples every', why: 'steps between answers to the same eight prompts' },
  ...commonSettings,
];
