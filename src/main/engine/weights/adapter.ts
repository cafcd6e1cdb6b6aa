import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import type { Decoder } from '../nn/decoder.ts';
import { loraConfigFrom, peftConfig } from '../nn/lora/config.ts';
import { syncFolder, writeWhole } from './files.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

const configName = 'adapter_config.json';
const weightsName = 'adapter_model.safetensors';

/**
 * `base` with the adapter of a PEFT folder beside it. The caller disposes the result, and the base after it.
 * @throws PlainError when a file is missing or damaged, or the adapter does not fit the base.
 */
export function loadAdapter(folder: string, base: Decoder): Decoder {
  const path = join(folder, configName);
  if (!existsSync(path)) throw new PlainError('not_found', `There is no adapter in ${folder}: ${configName} is missing.`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new PlainError('damaged', `${path} is not JSON. Copy or download the adapter again.`, { cause: error });
  }
  const config = loraConfigFrom(json);
  const { tensors } = readSafetensors(join(folder, weightsName));
  return base.adapted(config, { weights: new Map([...tensors].map(([name, { data }]) => [name, data])) });
}

/**
 * Writes the decoder's adapter as PEFT does, to be loaded beside `base` (a name on the Hub or a folder; null: whoever loads it knows).
 * @throws PlainError `no_space`.
 */
export function saveAdapter(folder: string, { adapter, config }: Decoder, base: string | null): void {
  if (!adapter) throw new Error('This decoder has no adapter.');
  mkdirSync(folder, { recursive: true });
  const arrays = adapter.parameters.toArrays();
  const tensors = new Map(adapter.parameters.manifest.map(({ name, shape }) => [name, { shape, data: arrays.get(name)! }]));
  writeSafetensors(join(folder, weightsName), tensors);
  const json = peftConfig(adapter.config, base, config.architecture === 'gpt2');
  writeWhole(join(folder, configName), `${JSON.stringify(json, null, 2)}\n`);
  syncFolder(folder);
}
