import { PlainError } from '#shared/errors.ts';
import type { CheckpointManifest } from '#shared/jobs.ts';
import type { ExportStorage } from '#shared/model-jobs.ts';
import { decoderConfigFrom } from '../nn/config.ts';
import { Tokenizer } from '../tokens/tokenizer.ts';
import { type AdapterFiles, holdsAdapter, readAdapter } from '../weights/adapter.ts';
import { readManifest } from '../weights/checkpoint.ts';
import { toBfloat16, toHalf } from '../weights/dtypes.ts';
import { mergedParameters } from './adapter-weights.ts';
import { asJson, writeModelFolder } from './convert.ts';
import { openFolderModel } from './folder.ts';
import { floatPieces, floatsOf, type KeptType, type ModelSource, parametersOf, type SourceTensor } from './source.ts';

/** A checkpoint of ours with everything that an export needs. An adapter is merged into what it corrects. The caller closes it. */
export interface WholeCheckpoint {
  manifest: CheckpointManifest;
  config: Record<string, unknown>;
  tokenizer: Tokenizer;
  parameters: [name: string, tensor: SourceTensor][];
  /** A reward model's head w [1, D] and b of r = w·h + b, its gain and bias in them. */
  head: { weight: SourceTensor; bias: number } | null;
  close(): void;
}

/**
 * @param bases folders of whole checkpoints by hash, as jobs have them
 * @throws PlainError when a file is missing or damaged, or an adapter's base is not at hand
 */
export function openWhole(folder: string, bases: Readonly<Record<string, string>> = {}): WholeCheckpoint {
  const manifest = readManifest(folder);
  const adapter = holdsAdapter(folder) ? readAdapter(folder) : null;
  const source = openFolderModel(adapter ? baseOf(folder, manifest, bases) : folder);
  try {
    const whole = new Map([...source.tensors].filter(([name]) => !name.startsWith('score.')));
    const config = { ...source.config };
    // A reward model has no use for a language model's head, so an untied one may lack it.
    if (manifest.kind === 'reward' && !whole.has('lm_head.weight')) config.tie_word_embeddings = true;
    const parameters = parametersOf({ ...source, config, tensors: whole });
    const inOut = decoderConfigFrom(config).architecture === 'gpt2';
    return {
      manifest,
      config,
      tokenizer: Tokenizer.load(folder),
      parameters: adapter ? mergedParameters(parameters, adapter, inOut) : parameters,
      head: manifest.reward && headOf(source, adapter, manifest.reward),
      close: source.close,
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

function baseOf(folder: string, manifest: CheckpointManifest, bases: Readonly<Record<string, string>>): string {
  const base = bases[manifest.base?.hash ?? ''];
  if (base) return base;
  throw new PlainError(
    'not_found',
    `The checkpoint in ${folder} is an adapter, and the model that it corrects is not here. Import that model first.`,
  );
}

function headOf(
  { tensors }: ModelSource,
  adapter: AdapterFiles | null,
  { gain, bias }: { gain: number; bias: number },
): WholeCheckpoint['head'] {
  const values = (name: string) => {
    const tensor = tensors.get(name);
    return adapter ? adapter.beside.get(name) : tensor && floatsOf(tensor);
  };
  const weight = values('score.weight');
  if (!weight) throw new PlainError('damaged', 'The reward model has no score head. Train it again.');
  const scaled = weight.map((w) => gain * w);
  const chunks = () => [new Uint8Array(scaled.buffer)];
  return { weight: { dtype: 'F32', shape: [1, scaled.length], chunks }, bias: gain * (values('score.bias')?.[0] ?? 0) + bias };
}

/**
 * Writes a checkpoint as a folder that transformers loads: a reward model as a sequence classifier whose one logit is the reward less `head.bias`, which the card tells.
 * @throws PlainError, and what `onProgress` throws.
 */
export async function exportFolder(
  out: string,
  { config, tokenizer, parameters, head }: WholeCheckpoint,
  { storage, card }: { storage: ExportStorage; card: string },
  onProgress: (done: number, total: number) => Promise<void>,
): Promise<void> {
  if (storage === 'Q8_0') throw new PlainError('bad_input', 'Q8_0 belongs to GGUF. Choose F32, F16 or BF16 for a Hugging Face folder.');
  const all = head ? [...parameters, ['score.weight', head.weight] as const] : parameters;
  const stored = all.map(([name, tensor]) => [name, storage === 'as_is' ? tensor : as(storage, tensor)] as const);
  const widest = stored.reduce((widest, [, { dtype }]) => (dtype === 'F32' ? 'F32' : widest), stored[0]![1].dtype);
  await writeModelFolder(out, {
    parameters: stored,
    texts: new Map([
      ...tokenizer.files,
      ['config.json', asJson(configFor(config, head !== null, widest))],
      ['README.md', head ? `${card}\n${offsetWords(head.bias)}` : card],
    ]),
    onProgress,
  });
}

function offsetWords(offset: number): string {
  return `## Reward\n\nThe reward is the model's one logit at the last token, ${offset < 0 ? 'less' : 'plus'} ${Math.abs(offset).toPrecision(7)}: transformers' classifier has no bias of its own.\n`;
}

/** The tensor's values in another element type, rounded to nearest. */
function as(dtype: KeptType, tensor: SourceTensor): SourceTensor {
  if (tensor.dtype === dtype) return tensor;
  return {
    dtype,
    shape: tensor.shape,
    *chunks() {
      for (const values of floatPieces(tensor)) {
        const stored = dtype === 'F32' ? values : dtype === 'F16' ? Uint16Array.from(values, toHalf) : toBfloat16(values);
        yield new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
      }
    },
  };
}

function configFor(config: Record<string, unknown>, scores: boolean, dtype: KeptType): Record<string, unknown> {
  const { torch_dtype: _, ...rest } = config;
  const [architecture] = (rest.architectures as string[] | undefined) ?? [];
  const named = scores ? architecture?.replace(/(LMHeadModel|ForCausalLM)$/, 'ForSequenceClassification') : architecture;
  return {
    ...rest,
    ...(named ? { architectures: [named] } : {}),
    ...(scores ? { num_labels: 1, id2label: { 0: 'reward' }, label2id: { reward: 0 } } : {}),
    dtype: { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[dtype],
  };
}
