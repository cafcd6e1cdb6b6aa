import { existsSync, readFileSync } from 'node:fs';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import type { TokenSequence } from '#engine/training/batch.ts';
import { readSafetensors } from '#engine/weights/safetensors.ts';
import { goldenPath, worstError } from '../../golden/load.ts';

/** Weights of a golden model by name. */
export function goldenWeights(...path: string[]): Map<string, Float32Array> {
  const index = goldenPath(...path, 'model.safetensors.index.json');
  const { tensors } = readSafetensors(existsSync(index) ? index : goldenPath(...path, 'model.safetensors'));
  return new Map([...tensors].map(([name, { data }]) => [name, data]));
}

export function goldenDecoder(...path: string[]): Decoder {
  const config = decoderConfigFrom(JSON.parse(readFileSync(goldenPath(...path, 'config.json'), 'utf8')));
  const weights = goldenWeights(...path);
  // A reward model is stored without the head of a language model.
  if (weights.has('score.weight') && !weights.has('lm_head.weight')) config.tied = true;
  return Decoder.from(config, weights);
}

/** The tokens of a padded row, which attention marks. */
export function unpadded(ids: readonly number[], mask: readonly number[]): number[] {
  return ids.filter((_, t) => mask[t] === 1);
}

/** A padded row whose response `response` marks. */
export function sequenceOf(ids: readonly number[], attention: readonly number[], response: readonly number[]): TokenSequence {
  return {
    prompt: ids.filter((_, t) => attention[t] === 1 && response[t] === 0),
    response: ids.filter((_, t) => response[t] === 1),
  };
}

/** The entries of padded rows that `mask` marks, behind one another. */
export function masked(rows: readonly (readonly number[])[], mask: readonly (readonly number[])[]): number[] {
  return rows.flatMap((row, b) => row.filter((_, t) => mask[b]![t] === 1));
}

/** Largest error of a set of parameters against a golden file of them. */
export function worstOfParameters(arrays: ReadonlyMap<string, Float32Array>, path: string, rename = (name: string) => name): number {
  const after = readSafetensors(path).tensors;
  return Math.max(...[...arrays].map(([name, array]) => worstError(array, after.get(rename(name))!.data)));
}
