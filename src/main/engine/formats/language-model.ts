import { existsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import { decoderConfigFrom } from '../nn/config.ts';
import { Decoder } from '../nn/decoder.ts';
import { sizeOf } from '../nn/parameters.ts';
import { requireQuick } from '../tokens/quick.ts';
import { Tokenizer } from '../tokens/tokenizer.ts';
import { CheckpointLoader } from '../weights/checkpoint.ts';
import { openModel } from './open.ts';
import { floatsOf, type ModelSource, parametersOf, type SourceTensor } from './source.ts';

export interface LanguageModel {
  decoder: Decoder;
  /** Null for a bare model, which reads and writes ids alone. */
  tokenizer: Tokenizer | null;
  stopIds: readonly number[];
}

/**
 * Loads what writes answers from wherever it lies: a checkpoint of ours (`bases`: as jobs have them), a folder as the Hub has them, a GGUF file. It is held until the process ends.
 * @throws PlainError.
 */
export function loadLanguageModel(path: string, bases?: Readonly<Record<string, string>>): LanguageModel {
  if (existsSync(join(path, 'plumbline.json'))) {
    const { decoder, tokenizer, manifest } = new CheckpointLoader(bases).load(path);
    if (manifest.kind === 'reward')
      throw new PlainError('bad_input', `The checkpoint in ${path} is a reward model; it writes no answers. Choose another.`);
    return { decoder, tokenizer, stopIds: tokenizer.stopIds };
  }
  const source = openModel(path);
  try {
    const tokenizer = tokenizerOf(source);
    const parameters = parametersOf(source);
    requireRoomFor(parameters, path);
    const weights = new Map(parameters.map(([name, tensor]) => [name, floatsOf(tensor)]));
    const decoder = Decoder.from(decoderConfigFrom(source.config), weights);
    return { decoder, tokenizer, stopIds: tokenizer?.stopIds ?? bareStopIds(source) };
  } finally {
    source.close();
  }
}

/** Weights are held twice while they move to where they are computed with. @throws PlainError `no_space`. */
function requireRoomFor(parameters: readonly (readonly [string, SourceTensor])[], path: string): void {
  const bytes = parameters.reduce((sum, [, { shape }]) => sum + 4 * sizeOf(shape), 0);
  if (2 * bytes <= totalmem()) return;
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  throw new PlainError(
    'no_space',
    `The model in ${path} takes ${gigabytes(2 * bytes)} GB while it is loaded, and this machine has ${gigabytes(totalmem())}. Choose a smaller one.`,
  );
}

/**
 * The source's tokenizer, tried out; null when it has none.
 * @throws PlainError `bad_input`.
 */
export function tokenizerOf({ files, path, config }: ModelSource): Tokenizer | null {
  if (!files.has('tokenizer.json')) return null;
  const tokenizer = Tokenizer.from(files, path);
  const { vocabulary } = decoderConfigFrom(config);
  const stranger = [tokenizer.padId, ...tokenizer.stopIds].find((id) => id >= vocabulary);
  if (stranger !== undefined) {
    throw new PlainError(
      'bad_input',
      `The tokenizer in ${path} has token ${stranger}, and the weights know ${vocabulary}: they do not belong together.`,
    );
  }
  requireQuick(tokenizer, path);
  return tokenizer;
}

const idList = z.union([z.int().min(0), z.array(z.int().min(0))]).nullish();

/** Of generation_config.json, which a folder source makes up from config.json where it is missing. */
function bareStopIds({ files }: ModelSource): number[] {
  const json: unknown = JSON.parse(files.get('generation_config.json') ?? '{}');
  const parsed = z.looseObject({ eos_token_id: idList }).safeParse(json);
  return parsed.success ? [parsed.data.eos_token_id ?? []].flat() : [];
}
