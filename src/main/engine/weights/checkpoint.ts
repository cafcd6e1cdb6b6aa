import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import { type CheckpointManifest, checkpointManifest } from '#shared/jobs.ts';
import { type DecoderConfig, decoderConfigFrom } from '../nn/config.ts';
import { Decoder } from '../nn/decoder.ts';
import { Tokenizer } from '../tokens/tokenizer.ts';
import { holdsAdapter, readAdapter, saveAdapter } from './adapter.ts';
import { replaceFolder, sayFullDisk, syncFolder, writeWhole } from './files.ts';
import { type HostTensor, readSafetensors, writeSafetensors } from './safetensors.ts';

/** A reward model's linear head: w [D] and b of r = gain·(w·h + b) + bias; gain and bias are in the manifest. */
export interface ScoreHead {
  weight: Float32Array;
  bias: number;
  /** The heads of which it is the mean, where there are several: weights [K·D], head after head, and biases [K]. */
  members?: { weight: Float32Array; bias: Float32Array } | null | undefined;
}

export interface Checkpoint {
  decoder: Decoder;
  tokenizer: Tokenizer;
  /** A folder without plumbline.json is a base model from elsewhere. */
  manifest: CheckpointManifest;
  scoreHead: ScoreHead | null;
  /** The hash of the whole checkpoint that an adapter of it rests on: of itself, or of what it corrects; undefined where nobody said. */
  base?: string | undefined;
}

/**
 * Loads checkpoints in Hugging Face's layout, ours or downloaded ones, and adapters in PEFT's. Weights that several of them rest on are in memory once: a policy's
 * start, an adapter of it and a reward model that is another adapter of it hold one copy.
 */
export class CheckpointLoader {
  readonly #bases: ReadonlyMap<string, string>;
  /** Whole checkpoints by their folder, and how many of what was loaded hold on to each. */
  readonly #whole = new Map<string, { checkpoint: Checkpoint; holders: number }>();
  readonly #folders = new WeakMap<Checkpoint, string>();

  /** @param bases folders of whole checkpoints by hash, as jobs have them */
  constructor(bases: Readonly<Record<string, string>> = {}) {
    this.#bases = new Map(Object.entries(bases));
  }

  /**
   * A checkpoint to be read, not to be trained: others may share its weights.
   * @throws PlainError when a file is missing, damaged or of a kind that cannot be used, when an adapter's base is not at hand, or what was written by a newer Plumbline.
   */
  load(folder: string): Checkpoint {
    const loaded = holdsAdapter(folder) ? this.#adapter(folder) : { ...this.#hold(folder) };
    this.#folders.set(loaded, holdsAdapter(folder) ? this.#bases.get(loaded.base ?? '')! : folder);
    return loaded;
  }

  /** Gives back a checkpoint's own weights, and those it shares once nobody else holds them. */
  release(checkpoint: Checkpoint): void {
    const folder = this.#folders.get(checkpoint);
    const whole = folder === undefined ? undefined : this.#whole.get(folder);
    if (folder === undefined || !whole) return;
    this.#folders.delete(checkpoint);
    if (checkpoint.decoder.adapter) checkpoint.decoder.dispose();
    if (--whole.holders > 0) return;
    whole.checkpoint.decoder.dispose();
    this.#whole.delete(folder);
  }

  #hold(folder: string): Checkpoint {
    const known = this.#whole.get(folder);
    if (known) {
      known.holders++;
      return known.checkpoint;
    }
    const base = [...this.#bases].find(([, at]) => at === folder)?.[0];
    const checkpoint = { ...readWhole(folder), base };
    this.#whole.set(folder, { checkpoint, holders: 1 });
    return checkpoint;
  }

  #adapter(folder: string): Checkpoint {
    const manifest = readManifest(folder);
    const hash = manifest.base?.hash;
    const at = hash === undefined ? undefined : this.#bases.get(hash);
    if (at === undefined || holdsAdapter(at)) {
      throw new PlainError(
        'not_found',
        `${folder} is an adapter, and the model that it corrects${hash ? ` (checkpoint ${hash.slice(0, 12)}…)` : ''} is not at hand. Use it in the project that has both.`,
      );
    }
    const { config, weights, beside } = readAdapter(folder);
    const tokenizer = Tokenizer.load(folder);
    const base = this.#hold(at).decoder;
    const scoreHead = checkedHead(folder, manifest, scoreHeadOf(beside), base.config);
    return { decoder: base.adapted(config, { weights }), tokenizer, manifest, scoreHead, base: hash };
  }
}

/**
 * Loads one checkpoint, whose weights are the caller's alone, to train or to dispose.
 * @throws PlainError as `CheckpointLoader.load`
 */
export function loadCheckpoint(folder: string, bases: Readonly<Record<string, string>> = {}): Checkpoint {
  return new CheckpointLoader(bases).load(folder);
}

function readWhole(folder: string): Checkpoint {
  const config = decoderConfigFrom(readJson(folder, 'config.json'));
  const manifest = readManifest(folder);
  const tokenizer = Tokenizer.load(folder);
  const index = join(folder, 'model.safetensors.index.json');
  const { tensors } = readSafetensors(existsSync(index) ? index : join(folder, 'model.safetensors'));
  const arrays = new Map([...tensors].map(([name, { data }]) => [name, data] as const));
  const scoreHead = checkedHead(folder, manifest, scoreHeadOf(arrays), config);
  // A reward model has no use for a language model's head, so an untied one may lack it.
  if (scoreHead && !config.tied && !arrays.has('lm_head.weight')) config.tied = true;
  return { decoder: Decoder.from(config, arrays), tokenizer, manifest, scoreHead };
}

function scoreHeadOf(arrays: ReadonlyMap<string, Float32Array>): ScoreHead | null {
  const weight = arrays.get('score.weight');
  const members = membersOf(arrays);
  return weight ? { weight, bias: arrays.get('score.bias')?.[0] ?? 0, ...(members && { members }) } : null;
}

/** @throws PlainError damaged where a reward model has no head, or one of another width */
function checkedHead(folder: string, { kind }: CheckpointManifest, head: ScoreHead | null, { width }: DecoderConfig): ScoreHead | null {
  if (kind !== 'reward' || head?.weight.length === width) return head;
  throw new PlainError('damaged', `The reward model in ${folder} has no score head that fits it. Train it again.`);
}

/**
 * Writes a checkpoint that appears at `folder` by one rename; one that is there is replaced. An adapted decoder is written as an adapter, without the weights it rests on.
 * @throws PlainError `no_space`.
 */
export function saveCheckpoint(folder: string, checkpoint: Checkpoint, options: { dtype?: 'F32' | 'BF16' } = {}): void {
  const { decoder, tokenizer, manifest, scoreHead, base } = checkpoint;
  const parent = dirname(folder);
  const temporary = join(parent, `.${basename(folder)}.${process.pid}.writing`);
  sayFullDisk(folder, () => {
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    try {
      const dtype = options.dtype ?? 'F32';
      if (decoder.adapter) saveAdapter(temporary, decoder, null, headTensors(scoreHead));
      else writeSafetensors(join(temporary, 'model.safetensors'), tensorsOf(decoder, scoreHead), { dtype });
      writeWhole(join(temporary, 'config.json'), asJson(huggingFaceConfig(decoder, scoreHead, dtype)));
      writeWhole(join(temporary, 'plumbline.json'), asJson(decoder.adapter ? onBase(manifest, base) : manifest));
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

/** An adapter whose base nobody can find again is of no use, so none is written: every job names the bases of what it trains. */
function onBase(manifest: CheckpointManifest, hash: string | undefined): CheckpointManifest {
  if (hash === undefined) throw new Error('The job did not say which checkpoint this adapter rests on.');
  return { ...manifest, base: { hash } };
}

function tensorsOf({ parameters }: Decoder, scoreHead: ScoreHead | null): Map<string, HostTensor> {
  const arrays = parameters.toArrays();
  const tensors = parameters.manifest.map(({ name, shape }) => [name, { shape, data: arrays.get(name)! }] as const);
  return new Map([...tensors, ...headTensors(scoreHead)]);
}

function headTensors(head: ScoreHead | null): Map<string, HostTensor> {
  const tensors = new Map<string, HostTensor>();
  if (!head) return tensors;
  tensors.set('score.weight', { shape: [1, head.weight.length], data: head.weight });
  tensors.set('score.bias', { shape: [1], data: Float32Array.of(head.bias) });
  if (head.members) {
    const { weight, bias } = head.members;
    tensors.set('score.members.weight', { shape: [bias.length, weight.length / bias.length], data: weight });
    tensors.set('score.members.bias', { shape: [bias.length], data: bias });
  }
  return tensors;
}

function membersOf(arrays: ReadonlyMap<string, Float32Array>): ScoreHead['members'] {
  const [weight, bias] = [arrays.get('score.members.weight'), arrays.get('score.members.bias')];
  return weight && bias ? { weight, bias } : null;
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

export function readManifest(folder: string): CheckpointManifest {
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
