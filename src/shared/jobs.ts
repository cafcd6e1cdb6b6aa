/**
 * The job protocol between backend and engine (DESIGN.md, Processes): the backend starts one engine process a job, writes the job as the first
 * JSON line on its standard input and commands as later lines; the engine answers with one JSON event a line on standard output. Its standard error is a log.
 * Everything large goes by file: data in, checkpoints and resumable state out. The engine never opens the database.
 */
import { z } from 'zod';
import { message } from './domain.ts';
import type { Metrics } from './metrics.ts';
import { modelJobs, modelOrigin } from './model-jobs.ts';
import { sampling } from './sampling.ts';
import { dpoConfig } from './training/dpo.ts';
import { grpoConfig } from './training/grpo.ts';
import { ppoConfig } from './training/ppo.ts';
import { rewardConfig } from './training/reward.ts';
import { sftConfig } from './training/sft.ts';

/** `data/train.jsonl` and `data/held_out.jsonl` of an SFT run. */
export const sftRow = z.object({ id: z.string(), prompt: z.array(message), response: z.string() });
export type SftRow = z.infer<typeof sftRow>;

/** Rows of a reward run or of DPO. `softTarget`: 1 chosen better, ½ a tie. `strength` picks the margin. */
export const pairRow = z.object({
  id: z.string(),
  promptId: z.string(),
  prompt: z.array(message),
  chosen: z.string(),
  rejected: z.string(),
  softTarget: z.number().min(0).max(1),
  strength: z.union([z.literal(1), z.literal(2), z.literal(3)]),
});
export type PairRow = z.infer<typeof pairRow>;

/** `data/both_bad.jsonl` of a reward run that takes them: responses of which somebody said that all are bad. */
export const bothBadRow = z.object({ id: z.string(), prompt: z.array(message), responses: z.array(z.string()).min(1) });
export type BothBadRow = z.infer<typeof bothBadRow>;

/** Prompts of a PPO or GRPO run, or of a comparison. */
export const promptRow = z.object({
  id: z.string(),
  prompt: z.array(message),
  /** In place of `prompt`, which is empty then: the very token ids, or text that no chat template is put around (`model sample`). */
  exact: z.union([z.object({ ids: z.array(z.int().min(0)).min(1) }), z.object({ text: z.string().min(1) })]).optional(),
});
export type PromptRow = z.infer<typeof promptRow>;

/** Folders of whole checkpoints by the hash of their content: what the adapters of a job rest on, and what one that it trains will rest on. */
const bases = z.record(z.string(), z.string()).exactOptional();

const trainBase = {
  /** `runs/ID`: `data/` in, `state/` (resumable) and `checkpoint/` (the result) out. Exists before the engine starts. */
  runFolder: z.string(),
  /** Folder of the checkpoint that training starts from. */
  startCheckpoint: z.string(),
  /** Continue from `state/` if there is one. */
  resume: z.boolean(),
  /** Ends after this step, or the one that is in the middle of its updates, though its settings would go on: a run that a person ends early, and its repetition. */
  lastStep: z.int().min(1).exactOptional(),
  bases,
};

export { type Sampling, sampling } from './sampling.ts';

export const job = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sft'), ...trainBase, config: sftConfig }),
  z.strictObject({ kind: z.literal('reward'), ...trainBase, config: rewardConfig }),
  z.strictObject({
    kind: z.literal('ppo'),
    ...trainBase,
    /** Null where its rewards name none. */
    rewardModel: z.string().nullable(),
    config: ppoConfig,
    /** Ids in `data/held_out.jsonl` that are answered every `sampleEvery` steps, the same seed each time. */
    samplePromptIds: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('dpo'),
    ...trainBase,
    config: dpoConfig,
    /** Prompt ids in `data/held_out.jsonl` (pairs) that are answered every `sampleEvery` steps, the same seed each time. */
    samplePromptIds: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('grpo'),
    ...trainBase,
    rewardModel: z.string().nullable(),
    config: grpoConfig,
    samplePromptIds: z.array(z.string()),
  }),
  /** Answer each prompt of `promptsFile` `samplesPerPrompt` times from each checkpoint; answers go to `outFile` as `answerRow` lines. */
  z.strictObject({
    kind: z.literal('answer'),
    checkpoints: z.array(z.string()).min(1),
    promptsFile: z.string(),
    outFile: z.string(),
    samplesPerPrompt: z.int().min(1).default(1),
    sampling,
    /** Score every answer with this reward model. */
    rewardModel: z.string().nullable(),
    /** Measure KL of every answer against this checkpoint. */
    reference: z.string().nullable(),
    bases,
  }),
  /** Accuracy of a reward model on `pairsFile` (pairRow lines); what it makes of each pair goes to `outFile` as `scoredPair` lines. */
  z.strictObject({ kind: z.literal('score'), rewardModel: z.string(), pairsFile: z.string(), outFile: z.string().exactOptional(), bases }),
  /**
   * Does choosing what to label beat drawing at random? Heads on a checkpoint, fitted to equally many pairs of `pairsFile` (slicedPair lines) drawn either way, order its
   * held-out ones; what came out goes to `outFile` (slicesCompared).
   */
  z.strictObject({
    kind: z.literal('slices'),
    startCheckpoint: z.string(),
    pairsFile: z.string(),
    outFile: z.string(),
    randomShare: z.number(),
    bases,
  }),
  ...modelJobs,
]);
export type Job = z.infer<typeof job>;
export type JobOf<Kind extends Job['kind']> = Extract<Job, { kind: Kind }>;

/** A pair as a reward model sees it: r_chosen − r_rejected on its scale, by each member of an ensemble (one for a single model). */
export const scoredPair = z.object({ id: z.string(), margins: z.array(z.number()).min(1) });
export type ScoredPair = z.infer<typeof scoredPair>;

/** A pair with how it came to be labeled; those of held-out prompts are ordered and never learned from. */
export const slicedPair = pairRow.extend({ slice: z.enum(['random', 'chosen', 'held_out']) });
export type SlicedPair = z.infer<typeof slicedPair>;

export const slicesCompared = z.object({
  /** Labels that each head learned from. */
  labels: z.int(),
  heldOut: z.int(),
  /** Share of held-out pairs in the order that people put them in, after labels drawn at random, and after labels drawn by the chosen order. */
  random: z.number(),
  chosen: z.number(),
  /** Chosen less random. */
  gain: z.object({ value: z.number(), low: z.number(), high: z.number(), n: z.int() }),
});
export type SlicesCompared = z.infer<typeof slicesCompared>;

export const answerRow = z.object({
  checkpoint: z.int().min(0),
  promptId: z.string(),
  sample: z.int().min(0),
  text: z.string(),
  ids: z.array(z.int()),
  terminated: z.boolean(),
  reward: z.number().nullable(),
  /** k1 and k3 against the reference, summed over the tokens of the answer, nats. */
  kl: z.object({ k1: z.number(), k3: z.number() }).nullable(),
});
export type AnswerRow = z.infer<typeof answerRow>;

/** Lines from backend to engine after the job. `stop` leaves a resumable state; the engine obeys within a second. */
export const command = z.object({ command: z.literal('stop') });

const pairsOrdered = z.object({ correct: z.int(), untied: z.int() });
const coefficient = z.object({ value: z.number(), error: z.number() });

/** How much of a reward model's order of held-out pairs is length. Ties are left out of counts. */
export const lengthControl = z.object({
  /** Pairs whose responses differ in length by at most a tenth. */
  nearEqual: pairsOrdered,
  /** All pairs, by what is left of r_c − r_r without the part that length explains. */
  withoutLength: pairsOrdered,
  /** What the rule "the longer one" would get; pairs of equal length left out. */
  longerChosen: pairsOrdered,
  /** Log-odds that the first is preferred, per deviation of reward difference and of length difference, each with the other held; null where they cannot be told apart. */
  odds: z.object({ reward: coefficient, length: coefficient }).nullable(),
});
export type LengthControl = z.infer<typeof lengthControl>;

/** Held-out accuracy by training pairs, of the fitted head on the untouched backbone; intervals are 95%. */
export const learningCurve = z.object({
  points: z.array(z.object({ pairs: z.int(), accuracy: z.number(), low: z.number(), high: z.number() })),
  /** By how much accuracy would rise with `morePairs` more. */
  forecast: z.object({ morePairs: z.int(), gain: z.number(), low: z.number(), high: z.number() }),
});
export type LearningCurve = z.infer<typeof learningCurve>;

/** How far the members of a reward model agree on held-out pairs. */
export const ensembleReport = z.object({
  members: z.int(),
  /** Mean over held-out responses of the members' deviation, in units of reward. */
  disagreement: z.number(),
  /** Pairs that each member orders as people did. */
  correct: z.array(z.int()),
  /** Untied pairs that all members order alike, and the others: the second are where the reward model does not know. */
  agreed: pairsOrdered,
  divided: pairsOrdered,
});
export type EnsembleReport = z.infer<typeof ensembleReport>;

export const rewardReport = z.object({
  pairs: z.int(),
  heldOutPairs: z.int(),
  droppedTooLong: z.int(),
  /** On held-out prompts; null under 20 pairs. `accuracy` leaves ties out. */
  accuracy: z.number().nullable(),
  correct: z.int(),
  untied: z.int(),
  accuracyTiesHalf: z.number().nullable(),
  trainAccuracy: z.number().nullable(),
  logLoss: z.number().nullable(),
  calibrationError: z.number().nullable(),
  lengthCorrelation: z.number().nullable(),
  chosenRewards: z.array(z.number()),
  rejectedRewards: z.array(z.number()),
  gain: z.number(),
  bias: z.number(),
  /** Absent in reports of earlier versions; null where there is too little to say it. */
  lengthControl: lengthControl.nullable().exactOptional(),
  learningCurve: learningCurve.nullable().exactOptional(),
  /** Null for a reward model with one head. */
  ensemble: ensembleReport.nullable().exactOptional(),
});
export type RewardReport = z.infer<typeof rewardReport>;

/** Some of the metrics; a name that this version does not know is kept. */
export const metricValues = z.record(z.string(), z.number()) as unknown as z.ZodType<Metrics>;

/** An answer token by token; what PPO would learn from it where a critic values states. Every list has one entry a token. */
export const sampleTokens = z.object({
  tokens: z.array(z.string()),
  /** log π_θ/π_SFT, nats. */
  logRatios: z.array(z.number()),
  /** −β·KL_t, and the score on the last. */
  rewards: z.array(z.number()).exactOptional(),
  values: z.array(z.number()).exactOptional(),
  /** Before whitening. */
  advantages: z.array(z.number()).exactOptional(),
});
export type SampleTokens = z.infer<typeof sampleTokens>;

export const event = z.discriminatedUnion('event', [
  z.object({ event: z.literal('started'), backend: z.string(), parameters: z.int(), totalSteps: z.int(), resumedAt: z.int() }),
  z.object({ event: z.literal('progress'), step: z.int(), totalSteps: z.int(), secondsLeft: z.number().nullable() }),
  z.object({ event: z.literal('metrics'), step: z.int(), values: metricValues }),
  z.object({
    event: z.literal('sample'),
    step: z.int(),
    promptId: z.string(),
    text: z.string(),
    tokens: z.int(),
    terminated: z.boolean(),
    reward: z.number().nullable(),
    /** Of a reward of several parts, what each gave before its weight. */
    parts: z.record(z.string(), z.number()).exactOptional(),
    kl: z.number().nullable(),
    perToken: sampleTokens.exactOptional(),
  }),
  /** A resumable state is on disk, complete. */
  z.object({ event: z.literal('state'), step: z.int() }),
  z.object({ event: z.literal('sign'), step: z.int(), sign: z.string(), sentence: z.string() }),
  z.object({ event: z.literal('log'), line: z.string() }),
  /** Stopped on command; `step` is where a resume goes on. */
  z.object({ event: z.literal('stopped'), step: z.int() }),
  /** Finished. `checkpoint` is the folder of the result, under the run folder, or null for jobs without one. */
  z.object({
    event: z.literal('done'),
    checkpoint: z.string().nullable(),
    metrics: metricValues,
    reward: rewardReport.nullable(),
  }),
  z.object({ event: z.literal('failed'), code: z.string(), sentence: z.string() }),
]);
export type EngineEvent = z.infer<typeof event>;

/**
 * `plumbline.json` beside a checkpoint's Hugging Face files (config.json, model.safetensors, tokenizer.json, tokenizer_config.json, generation_config.json). An adapter has
 * PEFT's adapter_config.json and adapter_model.safetensors in place of model.safetensors.
 */
export const checkpointManifest = z.object({
  format: z.literal(1),
  kind: z.enum(['base', 'sft', 'reward', 'policy']),
  /** A reward model's r = gain·(w·h + b) + bias; null for language models. */
  reward: z.object({ gain: z.number(), bias: z.number() }).nullable(),
  /** The whole checkpoint that an adapter corrects, by the hash of its content. */
  base: z.object({ hash: z.string() }).exactOptional(),
  /** Of an imported model: what it was. */
  origin: modelOrigin.exactOptional(),
});
export type CheckpointManifest = z.infer<typeof checkpointManifest>;
