import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import { tokenizerFiles } from '../tokens/files.ts';
import { openSafetensors, type SafetensorsFile, shardsOf } from '../weights/safetensors.ts';
import { modelFile, parseModelJson, requirePlain } from './model-file.ts';
import type { ModelSource, SourceTensor } from './source.ts';

/** Bytes read at a time. */
const piece = 4 << 20;

/**
 * A folder as the Hugging Face Hub has them. Nothing in it is trusted: links, lying headers and shards elsewhere are refused.
 * @throws PlainError.
 */
export function openFolderModel(path: string): ModelSource {
  const configText = modelFile(path, 'config.json');
  if (configText === undefined) {
    throw new PlainError(
      'not_found',
      `${path} holds no config.json, so it is no model. Choose the folder that has config.json and *.safetensors.`,
    );
  }
  const config = z.record(z.string(), z.unknown()).safeParse(parseModelJson(join(path, 'config.json'), configText));
  if (!config.success)
    throw new PlainError('bad_input', `${join(path, 'config.json')} is not the configuration of a model. Download the model again.`);
  if (config.data.quantization_config != null) {
    const { quant_method } = config.data.quantization_config as { quant_method?: unknown };
    throw new PlainError(
      'bad_input',
      `${path} is quantized by ${typeof quant_method === 'string' ? quant_method.slice(0, 40) : 'a library'}, which cannot be read. Choose the model's plain safetensors, or a GGUF file.`,
    );
  }
  const opened: SafetensorsFile[] = [];
  const close = () => {
    for (const file of opened) file.close();
  };
  try {
    const tensors = new Map<string, SourceTensor>();
    const types = new Set<string>();
    for (const file of weightsFiles(path)) {
      requirePlain(file);
      const shard = openSafetensors(file);
      opened.push(shard);
      for (const [name, { dtype, shape, from, to }] of shard.tensors) {
        if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16') {
          if (/\.attn\.(masked_)?bias$/.test(name)) continue; // GPT-2's causal mask, stored as if it were a weight
          throw new PlainError('bad_input', `${file}: "${name}" is stored as ${dtype}. Weights of F32, F16 and BF16 can be used.`);
        }
        if (tensors.has(name)) throw new PlainError('damaged', `${path} has "${name}" in two of its files. Download the model again.`);
        tensors.set(name, { dtype, shape, chunks: () => chunksOf(shard, from, to) });
        types.add(dtype);
      }
    }
    return {
      format: 'safetensors',
      path,
      name: basename(resolve(path)),
      license: licenseOf(path),
      config: config.data,
      files: filesOf(path, config.data),
      tensors,
      storage: [...types].join(' and '),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function weightsFiles(path: string): string[] {
  const index = modelFile(path, 'model.safetensors.index.json');
  if (index !== undefined) return shardsOf(join(path, 'model.safetensors.index.json'), index);
  if (requirePlain(join(path, 'model.safetensors'))) return [join(path, 'model.safetensors')];
  const others = readdirSync(path).filter((name) => /\.(bin|pt|pth|gguf|safetensors)$/.test(name));
  throw new PlainError(
    'not_found',
    others.length > 0
      ? `${path} has no model.safetensors, only ${others.slice(0, 3).join(', ')}. Choose a GGUF file itself, or save the model as safetensors first (save_pretrained does).`
      : `${path} has no weights (model.safetensors). Check that the download is complete.`,
  );
}

function* chunksOf(file: SafetensorsFile, from: number, to: number): Iterable<Uint8Array> {
  for (let at = from; at < to; at += piece) yield file.read(at, Math.min(piece, to - at));
}

/** The tokenizer's files; stop tokens that only config.json names go where the tokenizer finds them. */
function filesOf(path: string, config: Record<string, unknown>): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of tokenizerFiles) {
    const text = modelFile(path, name);
    if (text !== undefined) files.set(name, text);
  }
  const { eos_token_id, bos_token_id, pad_token_id } = config;
  if (!files.has('generation_config.json') && eos_token_id != null) {
    files.set('generation_config.json', `${JSON.stringify({ bos_token_id, eos_token_id, pad_token_id }, null, 2)}\n`);
  }
  return files;
}

/** As the front matter of the model card says. */
function licenseOf(path: string): string | null {
  const card = modelFile(path, 'README.md') ?? '';
  const [, frontMatter] = /^---\r?\n([\s\S]*?)\r?\n---/.exec(card) ?? [];
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]*["']?([^"'\\r\\n]{1,80})["']?[ \\t]*$`, 'm').exec(frontMatter ?? '')?.[1]?.trim();
  const license = field('license');
  return (license === 'other' ? field('license_name') : undefined) ?? license ?? null;
}
