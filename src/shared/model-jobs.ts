/** Jobs of the protocol in `jobs.ts` that bring models in and out and ask them something, and the files that they write. */
import { z } from 'zod';
import { message } from './domain.ts';
import { sampling } from './sampling.ts';

/** What is asked of a model: token ids as they are, text that no chat template is put around, or a conversation. */
export const question = z.union([
  z.strictObject({ ids: z.array(z.int().min(0)).min(1) }),
  z.strictObject({ text: z.string().min(1) }),
  z.strictObject({ messages: z.array(message).min(1) }),
]);
export type Question = z.infer<typeof question>;

export const exportFormat = z.enum(['hf', 'peft', 'gguf']);
export type ExportFormat = z.infer<typeof exportFormat>;

/** How weights are stored in what is exported; `as_is`: a folder as the checkpoint has them, GGUF in F16. */
export const exportStorage = z.enum(['as_is', 'F32', 'F16', 'BF16', 'Q8_0']);
export type ExportStorage = z.infer<typeof exportStorage>;

/** Folders of whole checkpoints by the hash of their content, for adapters. */
const bases = z.record(z.string(), z.string()).exactOptional();

export const modelJobs = [
  /** Look at a model without taking it: what it is goes to `outFile` as a `modelDescription`. */
  z.strictObject({ kind: z.literal('inspect'), source: z.string(), outFile: z.string() }),
  /** Convert a Hugging Face folder or a GGUF file into a checkpoint at `outFolder`, which appears whole. */
  z.strictObject({
    kind: z.literal('import'),
    source: z.string(),
    outFolder: z.string(),
    checkpointKind: z.enum(['base', 'sft']),
    /** What it calls itself, where its place says more than its files. */ name: z.string().nullable(),
  }),
  /** Write a checkpoint for other programs to `out` (a folder, or a GGUF file), which appears whole. */
  z.strictObject({
    kind: z.literal('export'),
    checkpoint: z.string(),
    bases,
    out: z.string(),
    format: exportFormat,
    storage: exportStorage,
    /** What the model calls itself, and its license, for GGUF. */
    name: z.string(),
    license: z.string().nullable(),
    /** README.md of a folder. */
    card: z.string(),
    /** What a PEFT adapter is to be loaded beside: a name on the Hub or a folder; null: whoever loads it knows. */
    base: z.string().nullable(),
  }),
  /** Log-probabilities of a prompt and what would come next, to `outFile` as `logProbsResult`. */
  z.strictObject({ kind: z.literal('logprobs'), model: z.string(), bases, question, greedy: z.int().min(0), outFile: z.string() }),
  /** Answer one question `count` times, telling each answer as it grows by `sample` events; the answers go to `outFile` as `askResult`. */
  z.strictObject({ kind: z.literal('ask'), model: z.string(), bases, question, count: z.int().min(1), sampling, outFile: z.string() }),
] as const;

/** A token as the model sees it. */
export const tokenPiece = z.object({ id: z.int(), text: z.string(), special: z.boolean() });
export type TokenPiece = z.infer<typeof tokenPiece>;

export const modelDescription = z.object({
  format: z.enum(['safetensors', 'gguf']),
  name: z.string(),
  license: z.string().nullable(),
  /** `LlamaForCausalLM` */
  architecture: z.string(),
  parameters: z.int(),
  /** `Q4_1 and Q8_0` */
  storage: z.string(),
  /** Of the checkpoint that an import would write. */
  bytes: z.number(),
  context: z.int(),
  vocabulary: z.int(),
  layers: z.int(),
  width: z.int(),
  hasTokenizer: z.boolean(),
  hasChatTemplate: z.boolean(),
  stopTokens: z.array(z.string()),
  /** A short conversation as the model would see it. */
  sample: z.array(tokenPiece),
});
export type ModelDescription = z.infer<typeof modelDescription>;

export const logProbsResult = z.object({
  ids: z.array(z.int()),
  /** `logprobs[t]` = log p(ids[t+1] given ids[0..t]). */
  logprobs: z.array(z.number()),
  /** After the last id, likeliest first. */
  top10: z.array(z.object({ id: z.int(), token: z.string(), logprob: z.number() })),
  /** The likeliest continuation, ending after a stop token. */
  greedy: z.array(z.int()),
});
export type LogProbsResult = z.infer<typeof logProbsResult>;

export const askResult = z.object({
  prompt: z.array(tokenPiece),
  answers: z.array(z.object({ text: z.string(), ids: z.array(z.int()), terminated: z.boolean() })),
});
export type AskResult = z.infer<typeof askResult>;

/** `origin` in the plumbline.json of an imported checkpoint. */
export const modelOrigin = z.object({
  format: z.enum(['safetensors', 'gguf']),
  name: z.string(),
  license: z.string().nullable(),
  storage: z.string(),
});
export type ModelOrigin = z.infer<typeof modelOrigin>;
