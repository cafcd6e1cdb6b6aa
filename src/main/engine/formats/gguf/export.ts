import { decoderConfigFrom } from '../../nn/config.ts';
import type { Tokenizer } from '../../tokens/tokenizer.ts';
import { toBfloat16, toHalf } from '../../weights/dtypes.ts';
import { floatPieces, type SourceTensor, wholeBytes } from '../source.ts';
import { tokenizerEntries } from './export-tokenizer.ts';
import { ggufName, layoutOf, reorderHeads, transpose } from './names.ts';
import { quantizeQ8 } from './quantize.ts';
import { divisorsOf } from './rope-factors.ts';
import { numberOfType, readableTypes } from './types.ts';
import { bytesIn, type GgufEntry, type GgufOut, writeGguf } from './write.ts';

export type GgufStorage = 'F32' | 'F16' | 'BF16' | 'Q8_0';

/** ggml's number for a file that is mostly of a type (`llama_ftype`). */
const fileTypes: Readonly<Record<GgufStorage, number>> = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 };

export interface GgufModel {
  /** Hugging Face's config.json. */
  config: Record<string, unknown>;
  tokenizer: Tokenizer;
  /** Under Hugging Face's names. */
  parameters: readonly (readonly [name: string, tensor: SourceTensor])[];
  name: string;
  license: string | null;
  storage: GgufStorage;
}

/**
 * Writes a model for llama.cpp and its kin. Matrices are stored as `storage` says (what Q8_0 cannot cut into blocks of 32 as F16), vectors as F32, as llama.cpp's own converter does.
 * @throws PlainError `no_space`, `bad_input` for a tokenizer that GGUF has no name for, and what `onProgress` throws.
 */
export async function exportGguf(
  path: string,
  model: GgufModel,
  onProgress: (done: number, total: number) => Promise<void>,
): Promise<void> {
  const decoder = decoderConfigFrom(model.config);
  const architecture =
    decoder.architecture === 'gpt2' ? 'gpt2' : model.config.model_type === 'mistral' ? 'llama' : String(model.config.model_type);
  const tensors = model.parameters.map(([name, tensor]) => outOf(name, tensor, architecture, decoder, model.storage));
  if (decoder.rope?.stretch) tensors.push(ropeTable(model.config, decoder.rope.theta, decoder.headWidth));
  const total = tensors.reduce((sum, tensor) => sum + bytesIn(tensor), 0);
  let done = 0;
  await writeGguf(
    path,
    [...modelEntries(architecture, model), ...tokenizerEntries(model.tokenizer, decoder.vocabulary)],
    tensors,
    async (bytes) => {
      done += bytes;
      await onProgress(Math.min(done, total), total);
    },
  );
}

function modelEntries(architecture: string, { config, name, license, storage }: GgufModel): [string, GgufEntry][] {
  const decoder = decoderConfigFrom(config);
  const number = (key: string, value: number): [string, GgufEntry] => [`${architecture}.${key}`, { kind: 'u32', value }];
  const float = (key: string, value: number): [string, GgufEntry] => [`${architecture}.${key}`, { kind: 'f32', value }];
  return [
    ['general.architecture', { kind: 'text', value: architecture }],
    ['general.type', { kind: 'text', value: 'model' }],
    ['general.name', { kind: 'text', value: name }],
    ...(license === null ? [] : [['general.license', { kind: 'text', value: license }] satisfies [string, GgufEntry]]),
    ['general.file_type', { kind: 'u32', value: fileTypes[storage] }],
    ['general.quantization_version', { kind: 'u32', value: 2 }],
    number('block_count', decoder.layers),
    number('context_length', decoder.positions),
    number('embedding_length', decoder.width),
    number('feed_forward_length', decoder.feedForward),
    number('attention.head_count', decoder.heads),
    ...(architecture === 'gpt2'
      ? [float('attention.layer_norm_epsilon', decoder.normEpsilon)]
      : [
          number('attention.head_count_kv', decoder.groups),
          number('attention.key_length', decoder.headWidth),
          number('attention.value_length', decoder.headWidth),
          float('attention.layer_norm_rms_epsilon', decoder.normEpsilon),
          number('rope.dimension_count', decoder.headWidth),
          float('rope.freq_base', decoder.rope?.theta ?? 10_000),
          number('vocab_size', decoder.vocabulary),
        ]),
  ];
}

function outOf(
  name: string,
  tensor: SourceTensor,
  architecture: string,
  decoder: ReturnType<typeof decoderConfigFrom>,
  storage: GgufStorage,
): GgufOut {
  const moved = forGguf(name, tensor, architecture, decoder);
  const { shape } = moved;
  const typeName = shape.length < 2 ? 'F32' : storage === 'Q8_0' && shape.at(-1)! % 32 !== 0 ? 'F16' : storage;
  const type = readableTypes[numberOfType(typeName)]!;
  return {
    name: ggufName(name),
    shape,
    type,
    *chunks() {
      if (typeName === moved.dtype) yield* moved.chunks();
      else for (const values of floatPieces(moved)) yield stored(typeName, values);
    },
  };
}

function stored(type: string, values: Float32Array): Uint8Array {
  switch (type) {
    case 'Q8_0':
      return quantizeQ8(values);
    case 'F16':
      return new Uint8Array(Uint16Array.from(values, toHalf).buffer);
    case 'BF16':
      return new Uint8Array(toBfloat16(values).buffer);
    default:
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
}

function forGguf(name: string, tensor: SourceTensor, architecture: string, decoder: ReturnType<typeof decoderConfigFrom>): SourceTensor {
  const layout = layoutOf(name, architecture, decoder);
  if (layout === 'same') return tensor;
  const [rows, columns = 1] = tensor.shape as [number, number?];
  if (layout === 'transposed') {
    return {
      ...tensor,
      shape: [columns, rows],
      *chunks() {
        yield transpose(wholeBytes(tensor), rows, columns);
      },
    };
  }
  return {
    ...tensor,
    *chunks() {
      yield reorderHeads(wholeBytes(tensor), rows, layout.interleavedHeads, 'pairs');
    },
  };
}

/** Llama 3's stretched positions as llama.cpp keeps them. */
function ropeTable(config: Record<string, unknown>, theta: number, headWidth: number): GgufOut {
  const stretch = (config.rope_parameters ?? config.rope_scaling) as Parameters<typeof divisorsOf>[0];
  const divisors = divisorsOf(stretch, theta, headWidth);
  return {
    name: 'rope_freqs.weight',
    shape: [divisors.length],
    type: readableTypes[numberOfType('F32')]!,
    *chunks() {
      yield new Uint8Array(divisors.buffer);
    },
  };
}
