import { z } from 'zod';
import { common, commonSettings } from './common.ts';
import type { Setting } from './settings.ts';

/** Supervised fine-tuning: next-token cross-entropy on response tokens only (spec/algorithms.md, SFT). */
export const sftConfig = z.strictObject({
  learningRate: z.number().positive().default(3e-4),
  epochs: z.number().positive().default(1),
  batchSize: z.int().min(1).default(16),
  warmupFraction: z.number().min(0).max(1).default(0.03),
  schedule: z.enum(['cosine', 'linear', 'constant']).default('cosine'),
  weightDecay: z.number().min(0).default(0.01),
  adamBeta2: z.number().min(0).max(1).default(0.999),
  checkpointEvery: z.int().min(1).default(100),
  evaluateEvery: z.int().min(1).default(50),
  ...common,
});
export type SftConfig = z.infer<typeof sftConfig>;

export const sftSettings: Setting<SftConfig>[] = [
  { key: 'learningRate', label: 'Learning rate', why: '3e-4 suits a 1M-parameter model; 1e-5 a large one, 1e-4 with LoRA', main: true },
  { key: 'epochs', label: 'Epochs', why: 'passes over the answers; more than 3 mostly memorizes', main: true },
  { key: 'batchSize', label: 'Batch size', why: 'answers an update', main: true },
  { key: 'warmupFraction', label: 'Warm-up', why: 'share of steps over which the learning rate rises' },
  { key: 'schedule', label: 'Schedule', why: 'how the learning rate falls after the warm-up' },
  { key: 'weightDecay', label: 'Weight decay', why: 'decoupled; none on biases and norms' },
  { key: 'adamBeta2', label: 'Adam β₂', why: 'memory of the second moment' },
  { key: 'checkpointEvery', label: 'Checkpoint every', why: 'steps between resumable states' },
  { key: 'evaluateEvery', label: 'Evaluate every', why: 'steps between measurements on held-out prompts' },
  ...commonSettings,
];
