import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import type { Decoder } from '../nn/decoder.ts';
import { type LoraConfig, loraConfigFrom, peftConfig } from '../nn/lora/config.ts';
import { syncFolder, writeWhole } from './files.ts';
import { type HostTensor, readSafetensors, writeSafetensors } from './safetensors.ts';

const configName = 'adapter_config.json';
const weightsName = 'adapter_model.safetensors';

/** What PEFT's names begin with. */
const prefix = 'base_model.model.';

/** An adapter's folder as it was read. */
export interface AdapterFiles {
  config: LoraConfig;
  /** By PEFT name. */
  weights: ReadonlyMap<string, Float32Array>;
  /** What lies beside the low-rank pairs by its own name: a reward model's `score.weight`. */
  beside: ReadonlyMap<string, Float32Array>;
}

/** Whether the folder holds an adapter in PEFT's layout. */
export function holdsAdapter(folder: string): boolean {
  return existsSync(join(folder, configName));
}

/** @throws PlainError when a file is missing or damaged, or the adapter is of a kind that cannot be computed */
export function readAdapter(folder: string): AdapterFiles {
  const path = join(folder, configName);
  if (!holdsAdapter(folder)) throw new PlainError('not_found', `There is no adapter in ${folder}: ${configName} is missing.`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new PlainError('damaged', `${path} is not JSON. Copy or download the adapter again.`, { cause: error });
  }
  const config = loraConfigFrom(json);
  const all = [...readSafetensors(join(folder, weightsName)).tensors].map(([name, { data }]) => [name, data] as const);
  const isPair = (name: string) => /\.lora_[AB]\.weight$/.test(name);
  return {
    config,
    weights: new Map(all.filter(([name]) => isPair(name))),
    beside: new Map(all.filter(([name]) => !isPair(name)).map(([name, data]) => [name.replace(prefix, ''), data])),
  };
}

/**
 * `base` with the adapter of a PEFT folder beside it. The caller disposes the result, and the base after it.
 * @throws PlainError as `readAdapter`, or when the adapter does not fit the base
 */
export function loadAdapter(folder: string, base: Decoder): Decoder {
  const { config, weights } = readAdapter(folder);
  return base.adapted(config, { weights });
}

/**
 * Writes the decoder's adapter as PEFT does, to be loaded beside `base` (a name on the Hub or a folder; null: whoever loads it knows).
 * @param beside what else belongs to it, by its own name: a reward model's head. @throws PlainError `no_space`.
 */
export function saveAdapter(
  folder: string,
  { adapter, config }: Decoder,
  base: string | null,
  beside: ReadonlyMap<string, HostTensor> = new Map(),
): void {
  if (!adapter) throw new Error('This decoder has no adapter.');
  mkdirSync(folder, { recursive: true });
  const arrays = adapter.parameters.toArrays();
  const pairs = adapter.parameters.manifest.map(({ name, shape }) => [name, { shape, data: arrays.get(name)! }] as const);
  const others = [...beside].map(([name, tensor]) => [prefix + name, tensor] as const);
  writeSafetensors(join(folder, weightsName), new Map([...pairs, ...others]));
  const json = peftConfig(adapter.config, base, { inOut: config.architecture === 'gpt2', scored: beside.size > 0 });
  writeWhole(join(folder, configName), `${JSON.stringify(json, null, 2)}\n`);
  syncFolder(folder);
}
