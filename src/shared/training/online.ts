import { z } from 'zod';
import { decodeWeights } from '../sampling.ts';
import { rewardParts } from './rewards.ts';
import type { Setting } from './settings.ts';

/** Settings that PPO and GRPO have in common: how answers are drawn and scored, and how a step becomes an update. */
export const online = {
  /** What answers are paid for. */
  rewards: rewardParts,
  temperature: z.number().positive().default(1),
  maxNewTokens: z.int().min(1).default(64),
  /** Of the policy while it answers; it is trained in float32 either way, on log-probabilities of its own. */
  decodeWeights: decodeWeights.default('f32'),
  /** An answer without a stop token gets `missingEosScore` in place of its reward. */
  penalizeMissingEos: z.boolean().default(true),
  missingEosScore: z.number().default(-1),
  /** Score clip; 0 is off. */
  scoreClip: z.number().min(0).default(10),
  schedule: z.enum(['linear', 'constant', 'cosine']).default('linear'),
  warmupSteps: z.int().min(0).default(3),
  adamEpsilon: z.number().positive().default(1e-5),
  weightDecay: z.number().min(0).default(0),
  checkpointEvery: z.int().min(1).default(5),
  /** Steps between answers to the same eight prompts. */
  sampleEvery: z.int().min(1).default(2),
  /** Steps between measurements of reward − β·KL on held-out prompts. */
  evaluateEvery: z.int().min(1).default(5),
  /** Held-out prompts that are measured; 0: none are, and the last state is the result. */
  heldOutPrompts: z.int().min(0).default(64),
  /** Which state becomes the checkpoint: the last that is not measurably worse than the best on held-out prompts, or the last. */
  keep: z.enum(['best', 'last']).default('best'),
  /** The rest of a batch's updates is left out once one shows an approximate KL above this; 0 is off. */
  updateKlLimit: z.number().min(0).default(0),
  /** The run ends once KL of a batch is above this, nats a response; 0 is off. */
  klLimit: z.number().min(0).default(0),
};
export type OnlineConfig = z.infer<z.ZodObject<typeof online>>;

export const onlineSettings: Setting<OnlineConfig>[] = [
  { key: 'maxNewTokens', label: 'Longest answer', why: 'tokens; an answer cut off there counts as unfinished', main: true },
  { key: 'rewards', label: 'Rewards', why: 'the reward model, rules of length, pattern or JSON, or a weighted sum of several' },
  { key: 'temperature', label: 'Temperature', why: '1: answers and log-probabilities from the same distribution' },
  { key: 'decodeWeights', label: 'Weights while answering', why: 'int8 answers faster with a large model, and nearly the same' },
  { key: 'penalizeMissingEos', label: 'Penalize unfinished', why: 'answers that never end are scored by the next setting' },
  { key: 'missingEosScore', label: 'Score of unfinished', why: 'replaces the reward' },
  { key: 'scoreClip', label: 'Score clip', why: 'bound on a reward; 0 is off' },
  { key: 'schedule', label: 'Schedule', why: 'how the learning rate falls' },
  { key: 'warmupSteps', label: 'Warm-up', why: 'steps over which the learning rate rises' },
  { key: 'adamEpsilon', label: 'Adam ε', why: '1e-5, as in RLHF since InstructGPT' },
  { key: 'weightDecay', label: 'Weight decay', why: 'none: KL already holds the policy' },
  { key: 'checkpointEvery', label: 'Checkpoint every', why: 'steps between resumable states' },
  { key: 'sampleEvery', label: 'Samples every', why: 'steps between answers to the same eight prompts' },
  { key: 'evaluateEvery', label: 'Evaluate every', why: 'steps between measurements of reward − β·KL on held-out prompts' },
  { key: 'heldOutPrompts', label: 'Held-out prompts', why: 'how many are measured; 0: none, and the last state is kept' },
  { key: 'keep', label: 'Checkpoint kept', why: 'best: an earlier state where the last is measurably worse on held-out prompts' },
  {
    key: 'updateKlLimit',
    label: 'Update limit',
    why: 'the rest of a batch is left out once it moved the policy this far (approx_kl); 0 is off',
  },
  { key: 'klLimit', label: 'KL limit', why: 'nats a response at which the run ends; 0 is off' },
];
