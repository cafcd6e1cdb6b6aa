import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import { type CheckpointManifest, checkpointManifest } from '#shared/jobs.ts';
import { decoderConfigFrom } from '../nn/config.ts';
import { Decoder } from '../nn/decoder.ts';
import { Tokenizer } from '../tokens/tokenizer.ts';
import { sayFullDisk, syncFolder, writeWhole } from './files.ts';
import { type HostTensor, readSafetensors, writeSafetensors } from './safetensors.ts';

/** A reward model's linear head: w [D] and b of r = gain·(w·h + b) + bias; gain and bias are in the manifest. */
export interface ScoreHead {
  weight: Float32Array;
  bias: number;
}

export interface Checkpoint {
  decoder: Decoder;
  tokenizer: Tokenizer;
  /** A folder without plumbline.json is a base model from elsewhere. */
  manifest: CheckpointManifest;
  scoreHead: ScoreHead | null;
}

/**
 * Loads a folder in Hugging Face's layout, ours or a downloaded one. The caller disposes the decoder.
 * @throws PlainError when a file is missing, damaged or of a kind that cannot be used, or was written by a newer Plumbline.
 */
export function loadCheckpoint(folder: string): Checkpoint {
  const config = decoderConfigFrom(readJson(folder, 'config.json'));
  const manifest = readManifest(folder);
  const tokenizer = Tokenizer.load(folder);
  const index = join(folder, 'model.safetensors.index.json');
  const { tensors } = readSafetensors(existsSync(index) ? index : join(folder, 'model.safetensors'));
  const arrays = new Map([...tensors].map(([name, { data }]) => [name, data] as const));
  const weight = arrays.get('score.weight');
  const scoreHead = weight ? { weight, bias: arrays.get('score.bias')?.[0] ?? 0 } : null;
  if (manifest.kind === 'reward' && scoreHead?.weight.length !== config.width) {
    throw new PlainError('damaged', `The reward model in ${folder} has no score head that fits it. Train it again.`);
  }
  // A reward model has no use for a language model's head, so an untied one may lack it.
  if (scoreHead && !config.tied && !arrays.has('lm_head.weight')) config.tied = true;
  return { decoder: Decoder.from(config, arrays), tokenizer, manifest, scoreHead };
}

/**
 * Writes a checkpoint that appears at `folder` by one rename; one that is there is replaced.
 * @throws PlainError `no_space`.
 */
export function saveCheckpoint(folder: string, checkpoint: Checkpoint, options: { dtype?: 'F32' | 'BF16' } = {}): void {
  const { decoder, tokenizer, manifest, scoreHead } = checkpoint;
  const parent = dirname(folder);
  const temporary = join(parent, `.${basename(folder)}.${process.pid}.writing`);
  sayFullDisk(folder, () => {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    try {
      const dtype = options.dtype ?? 'F32';
      writeSafetensors(join(temporary, 'model.safetensors'), tensorsOf(decoder, scoreHead), { dtype });
      writeWhole(join(temporary, 'config.json'), asJson(huggingFaceConfig(decoder, scoreHead, dtype)));
      writeWhole(join(temporary, 'plumbline.json'), asJson(manifest));
      for (const [name, text] of tokenizer.files) writeWhole(join(temporary, name), text);
      syncFolder(temporary);
      replaceFolder(temporary, folder);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  });
  syncFolder(parent);
}

function tensorsOf({ parameters }: Decoder, scoreHead: ScoreHead | null): Map<string, HostTensor> {
  const arrays = parameters.toArrays();
  const tensors = new Map(parameters.manifest.map(({ name, shape }) => [name, { shape, data: arrays.get(name)! }]));
  if (scoreHead) {
    tensors.set('score.weight', { shape: [1, scoreHead.weight.length], data: scoreHead.weight });
    tensors.set('score.bias', { shape: [1], data: Float32Array.of(scoreHead.bias) });
  }
  return tensors;
}

/** transformers loads the result: the class and the dtype are what they have become. */
function huggingFaceConfig({ config }: Decoder, scoreHead: ScoreHead | null, dtype: 'F32' | 'BF16'): Record<string, unknown> {
  const { torch_dtype: _, ...rest } = config.huggingFace;
  const [architecture] = (rest.architectures as string[] | undefined) ?? [];
  const named = scoreHead ? architecture?.replace(/(LMHeadModel|ForCausalLM)$/, 'ForSequenceClassification') : architecture;
  return {
    ...rest,
    ...(named ? { architectures: [named] } : {}),
    ...(scoreHead ? { num_labels: 1 } : {}),
    dtype: dtype === 'BF16' ? 'bfloat16' : 'float32',
  };
}

/** A folder cannot be renamed onto another, so the old one steps aside first. */
function replaceFolder(from: string, to: string): void {
  const aside = `${from}.old`;
  if (existsSync(to)) renameSync(to, aside);
  renameSync(from, to);
  rmSync(aside, { recursive: true, force: true });
}

function readManifest(folder: string): CheckpointManifest {
  if (!existsSync(join(folder, 'plumbline.json'))) return { format: 1, kind: 'base', reward: null };
  const json = readJson(folder, 'plumbline.json');
  const { format } = json as { format?: unknown };
  if (typeof format === 'number' && format > 1) {
    throw new PlainError('newer', `The checkpoint in ${folder} was written by a newer Plumbline. Update the app to use it.`);
  }
  const result = checkpointManifest.safeParse(json);
  if (!result.success) throw new PlainError('damaged', `plumbline.json in ${folder} is damaged. Restore the checkpoint from a backup.`);
  return result.data;
}

function readJson(folder: string, name: string): unknown {
  const path = join(folder, name);
  if (!existsSync(path)) throw new PlainError('not_found', `There is no model in ${folder}: ${name} is missing.`);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new PlainError('damaged', `${path} is not JSON. Copy or download the model again.`, { cause: error });
  }
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
