import { basename } from 'node:path';
import { decoderConfigFrom } from '../../nn/config.ts';
import { Decoder } from '../../nn/decoder.ts';
import { floatsOf, type KeptType, type ModelSource, type SourceTensor, wholeBytes } from '../source.ts';
import { configFromGguf, ggufArchitectureOf } from './config.ts';
import { dequantize } from './dequantize.ts';
import { Metadata } from './metadata.ts';
import { ggufName, layoutOf, reorderHeads, transpose } from './names.ts';
import { type Gguf, type GgufTensor, openGguf } from './read.ts';
import { stretchFrom } from './rope-factors.ts';
import { tokenizerFromGguf } from './tokenizer.ts';

/** Values that are read and widened at a time. */
const piece = 1 << 20;

/**
 * A GGUF file as a language model: weights under Hugging Face's names and in its layout, blocks widened to float32, the tokenizer rebuilt.
 * @throws PlainError when the header lies or the model is of a kind that cannot be used.
 */
export function openGgufModel(path: string): ModelSource {
  const gguf = openGguf(path);
  try {
    return described(gguf);
  } catch (error) {
    gguf.close();
    throw error;
  }
}

function described(gguf: Gguf): ModelSource {
  const { path, tensors: stored } = gguf;
  const metadata = new Metadata(gguf);
  const architecture = ggufArchitectureOf(metadata);
  const embedding = stored.get('token_embd.weight');
  const vocabulary = embedding?.shape[0] ?? metadata.number(`${architecture}.vocab_size`) ?? 0;
  const output = stored.get('output.weight');
  const bare = configFromGguf(architecture, metadata, {
    vocabulary,
    tied: !output || (embedding !== undefined && sameBytes(gguf, embedding, output)),
    projectionBias: stored.has('blk.0.attn_q.bias'),
    outputBias: stored.has('blk.0.attn_output.bias'),
    mlpBias: stored.has('blk.0.ffn_up.bias'),
    stretch: null,
  });
  const plain = decoderConfigFrom(bare);
  const divisors = stored.get('rope_freqs.weight');
  const stretch = divisors && plain.rope ? stretchFrom(floatsOf(tensorOf(gguf, divisors)), plain.rope.theta, plain.headWidth, path) : null;
  const config = architecture === 'gpt2' ? bare : { ...bare, rope_scaling: stretch };
  const tensors = new Map<string, SourceTensor>();
  const known = new Set<string>(['rope_freqs.weight', ...(plain.tied ? ['output.weight'] : [])]);
  for (const { name } of Decoder.shapes(plain)) {
    const found = stored.get(ggufName(name));
    if (!found) continue; // whoever wants all of them says which is missing
    known.add(found.name);
    tensors.set(name, inLayout(tensorOf(gguf, found), layoutOf(name, architecture, plain)));
  }
  for (const [name, tensor] of stored) if (!known.has(name)) tensors.set(name, tensorOf(gguf, tensor));
  return {
    format: 'gguf',
    path,
    name: oneLine(metadata.text('general.name')) ?? basename(path).replace(/\.gguf$/i, ''),
    license: oneLine(metadata.text('general.license')) ?? null,
    config,
    files: tokenizerFromGguf(metadata, architecture, vocabulary),
    tensors,
    storage: storageWords(stored.values()),
    close: gguf.close,
  };
}

/** A file's words about itself stand in sentences and in a model card; undefined where it says nothing. */
function oneLine(words: string | undefined): string | undefined {
  return words?.replaceAll(/\s+/g, ' ').trim().slice(0, 120) || undefined;
}

function tensorOf(gguf: Gguf, tensor: GgufTensor): SourceTensor {
  const { type, shape, offset } = tensor;
  const dtype: KeptType = type.block > 1 ? 'F32' : (type.name as KeptType);
  return {
    dtype,
    shape,
    *chunks() {
      const count = shape.reduce((product, length) => product * length, 1);
      for (let from = 0; from < count; from += piece) {
        const values = Math.min(piece, count - from);
        const bytes = new Uint8Array((values / type.block) * type.bytes);
        gguf.read(bytes, offset + (from / type.block) * type.bytes);
        if (type.block === 1) yield bytes;
        else {
          const into = new Float32Array(values);
          dequantize(type, bytes, into);
          yield new Uint8Array(into.buffer);
        }
      }
    },
  };
}

/** GGUF's rows as Hugging Face has them; whole tensors, since rows move. */
function inLayout(tensor: SourceTensor, layout: ReturnType<typeof layoutOf>): SourceTensor {
  if (layout === 'same') return tensor;
  const [rows, columns] = tensor.shape as [number, number?];
  if (layout === 'transposed') {
    if (columns === undefined) return tensor; // its shape is wrong, and whoever wants it says so
    return {
      ...tensor,
      shape: [columns, rows],
      *chunks() {
        yield transpose(wholeBytes(tensor), rows, columns);
      },
    };
  }
  if (rows % (2 * layout.interleavedHeads) !== 0) return tensor; // likewise
  return {
    ...tensor,
    *chunks() {
      yield reorderHeads(wholeBytes(tensor), rows, layout.interleavedHeads, 'halves');
    },
  };
}

/** An older converter writes a tied model's embedding a second time, as its output. */
function sameBytes(gguf: Gguf, one: GgufTensor, other: GgufTensor): boolean {
  if (one.bytes !== other.bytes || one.type.name !== other.type.name) return false;
  for (let from = 0; from < one.bytes; from += piece) {
    const [left, right] = [one, other].map(({ offset, bytes }) => {
      const part = new Uint8Array(Math.min(piece, bytes - from));
      gguf.read(part, offset + from);
      return part;
    }) as [Uint8Array, Uint8Array];
    if (Buffer.compare(left, right) !== 0) return false;
  }
  return true;
}

/** How most of the weights are stored, most first: `Q4_1 and Q8_0`; norms and biases are left out. */
function storageWords(tensors: Iterable<GgufTensor>): string {
  const bytes = new Map<string, number>();
  for (const { type, shape, bytes: size } of tensors) if (shape.length > 1) bytes.set(type.name, (bytes.get(type.name) ?? 0) + size);
  return [...bytes]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 2)
    .map(([name]) => name)
    .join(' and ');
}
