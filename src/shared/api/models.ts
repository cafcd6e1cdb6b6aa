import { z } from 'zod';
import { message } from '../domain.ts';
import { type AskResult, exportFormat, exportStorage, type ModelDescription, type ModelOrigin } from '../model-jobs.ts';
import { sampling } from '../sampling.ts';

/** Where a model comes from: a folder or GGUF file on this machine, a GGUF file that POST /files/uploads took, or a repository of the Hugging Face Hub. */
export const modelPlace = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('path'), path: z.string().min(1).max(4096) }),
  z.strictObject({ kind: z.literal('upload'), file: z.string().min(1) }),
  z.strictObject({
    kind: z.literal('hub'),
    repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'is written OWNER/NAME'),
    /** A branch, tag or commit. */
    revision: z.string().min(1).max(200).default('main'),
    /** A GGUF file of it, where it has several or safetensors beside it. */
    file: z
      .string()
      .max(500)
      .regex(/^(?!.*\.\.\/)[^/].*\.gguf$/i, 'is the path of a .gguf file')
      .optional(),
  }),
]);
export type ModelPlace = z.output<typeof modelPlace>;

export const inspectModel = z.strictObject({ place: modelPlace });
export const importModel = z.strictObject({
  place: modelPlace,
  /** What it is called in the project; null: as it calls itself. */
  name: z.string().trim().min(1).max(80).nullable().default(null),
  /** `sft` for a model that follows instructions already. */
  kind: z.enum(['base', 'sft']).default('base'),
});
export const exportModel = z.strictObject({
  checkpoint: z.string(),
  /** Must not be there yet. */
  out: z.string().min(1).max(4096),
  format: exportFormat,
  storage: exportStorage.default('as_is'),
});
export const transferId = z.strictObject({ transfer: z.string() });
export const checkpointId = z.strictObject({ checkpoint: z.string() });
export const askModel = z.strictObject({
  checkpoint: z.string(),
  messages: z.array(message).min(1).max(200),
  sampling: sampling.prefault({ maxNewTokens: 256 }),
});
export const renderPrompt = askModel.pick({ checkpoint: true, messages: true });
export const questionId = z.strictObject({ question: z.string() });

/** A model on its way in or out. Kept until the project closes. */
export interface Transfer {
  id: string;
  kind: 'import' | 'export';
  /** Of the model. */
  name: string;
  state: 'queued' | 'running' | 'stopping' | 'stopped' | 'failed' | 'done';
  /** `Downloading` or `Converting`. */
  words: string;
  /** MiB. */
  done: number;
  total: number;
  secondsLeft: number | null;
  error: string | null;
  /** The new checkpoint of an import, or the one that was exported. */
  checkpoint: { id: string; name: string } | null;
  /** Where an export lies. */
  path: string | null;
}

/** One question to a checkpoint in the playground. */
export interface Asked {
  id: string;
  checkpoint: { id: string; name: string };
  state: 'queued' | 'running' | 'stopped' | 'failed' | 'done';
  /** As far as it has come. */
  text: string;
  tokens: number;
  error: string | null;
  result: AskResult | null;
}

/** What deleting a checkpoint's files means. */
export interface Removal {
  bytes: number;
  /** Why it cannot be deleted; null when it can. */
  refusal: string | null;
  /** What can no longer be done afterwards, in sentences. */
  consequences: string[];
}

export interface CheckpointOrigin {
  architecture: string;
  license: string | null;
  origin: ModelOrigin | null;
}

export interface ModelsApi {
  /** @throws PlainError when it cannot be imported */
  inspect(input: z.output<typeof inspectModel>): Promise<ModelDescription>;
  import(input: z.output<typeof importModel>): { transfer: string };
  export(input: z.output<typeof exportModel>): { transfer: string };
  /** Newest first. */
  transfers(): Transfer[];
  stop(transfer: string): void;
  finished(transfer: string): Promise<Transfer>;
  origin(checkpoint: string): CheckpointOrigin;
  ask(input: z.output<typeof askModel>): { question: string };
  /** How a question stands. */
  asked(question: string): Asked;
  stopAsking(question: string): void;
  removal(checkpoint: string): Removal;
  /** Deletes a checkpoint's files. @throws PlainError `conflict` with the refusal */
  remove(checkpoint: string): void;
}
