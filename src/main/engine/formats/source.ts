import { PlainError } from '#shared/errors.ts';
import { decoderConfigFrom } from '../nn/config.ts';
import { Decoder } from '../nn/decoder.ts';
import { sizeOf } from '../nn/parameters.ts';
import { bytesOf, toFloats } from '../weights/dtypes.ts';

/** Element types that a checkpoint keeps as they came. */
export type KeptType = 'F32' | 'F16' | 'BF16';

export interface SourceTensor {
  dtype: KeptType;
  shape: number[];
  /** Its bytes in order, in pieces of a few MiB (each a whole number of values). */
  chunks(): Iterable<Uint8Array>;
}

/** A language model as it lies somewhere, whatever the format: everything that a checkpoint needs, weights on demand. The caller closes it. */
export interface ModelSource {
  format: 'safetensors' | 'gguf';
  /** Where it lies, for sentences. */
  path: string;
  /** What it calls itself, or its file's name. */
  name: string;
  license: string | null;
  /** Hugging Face's config.json. */
  config: Record<string, unknown>;
  /** tokenizer.json and its companions, by name; empty for a model without a tokenizer. */
  files: ReadonlyMap<string, string>;
  /** By Hugging Face's name. */
  tensors: ReadonlyMap<string, SourceTensor>;
  /** How its weights are stored, in words: `BF16`, `Q4_1 and Q8_0`. */
  storage: string;
  close(): void;
}

/** Weights that some converters leave in a file and no decoder uses. */
const leftovers = /(rotary_emb\.inv_freq|\.attn\.(masked_)?bias|^rope_freqs\.weight)$/;

/**
 * The parameters of the model's architecture, in its order, each found in the source with the very shape that config.json gives it.
 * @throws PlainError `bad_input` when one is missing or of another shape, or when the file has weights that the architecture would ignore.
 */
export function parametersOf({ path, config, tensors }: ModelSource): [name: string, tensor: SourceTensor][] {
  const decoderConfig = decoderConfigFrom(config);
  const shapes = Decoder.shapes(decoderConfig);
  const used = new Set<string>();
  const found = shapes.map(({ name, shape }): [string, SourceTensor] => {
    const bare = name.slice(name.indexOf('.') + 1);
    const stored = [name, bare].find((candidate) => tensors.has(candidate));
    const tensor = stored === undefined ? undefined : tensors.get(stored);
    if (!tensor || stored === undefined) {
      throw new PlainError('bad_input', `${path} lacks the weights "${name}". Check that all files of the model are there.`);
    }
    if (tensor.shape.length !== shape.length || tensor.shape.some((length, i) => length !== shape[i])) {
      throw new PlainError(
        'bad_input',
        `${path}: "${name}" is ${tensor.shape.join(' × ')}, but config.json makes it ${shape.join(' × ')}. They belong to different models.`,
      );
    }
    used.add(stored);
    return [name, tensor];
  });
  for (const name of tensors.keys()) {
    if (used.has(name) || leftovers.test(name) || (decoderConfig.tied && name === 'lm_head.weight')) continue;
    throw new PlainError(
      'bad_input',
      `${path} has weights "${name.slice(0, 80)}" that its architecture does not use here, so it would not compute what it was trained to. GPT-2, Llama, SmolLM, Mistral, Qwen2 and Qwen3 models can be used.`,
    );
  }
  return found;
}

/** Values of a tensor in order, widened to float32, in pieces of whole blocks of 32 where its rows are. */
export function* floatPieces({ dtype, chunks }: SourceTensor): Iterable<Float32Array> {
  for (const bytes of chunks()) yield toFloats(dtype, bytes.byteOffset % bytesOf[dtype] === 0 ? bytes : bytes.slice());
}

/** All values of a tensor, widened to float32. */
export function floatsOf(tensor: SourceTensor): Float32Array {
  const floats = new Float32Array(sizeOf(tensor.shape));
  let at = 0;
  for (const part of floatPieces(tensor)) {
    floats.set(part, at);
    at += part.length;
  }
  return floats;
}

/** A tensor's bytes in one piece. */
export function wholeBytes({ dtype, shape, chunks }: SourceTensor): Uint8Array {
  const whole = new Uint8Array(sizeOf(shape) * bytesOf[dtype]);
  let at = 0;
  for (const bytes of chunks()) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}
