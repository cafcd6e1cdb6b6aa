import type { AdapterConfig } from '#shared/training/adapter.ts';
import type { Decoder } from '../nn/decoder.ts';

/** The settings that say what of a model is trained. */
export interface WhatToTrain {
  adapter: AdapterConfig | null;
  recompute: boolean;
  seed: number;
}

/**
 * The decoder that a run trains, which begins as `start` does; `trainable` are the parameters it changes.
 *
 * With an adapter: a fresh one beside the weights of `start`, or, where `start` has one already, a copy of that one to go on from (its own rank and targets, over the
 * same weights: adapters are never stacked). Either way nothing of `start` changes, and no weight of it is copied.
 * Without: all weights, an adapter's corrections added to them.
 * @param keep whether `start` must stay as it is, as a reference or a judge; else its weights may be the ones that are trained.
 */
export function decoderToTrain(start: Decoder, { adapter, recompute, seed }: WhatToTrain, keep: boolean): Decoder {
  const decoder = adapter ? besideWeightsOf(start, adapter, seed) : keep || start.adapter ? start.merged() : start;
  decoder.recompute = recompute;
  return decoder;
}

function besideWeightsOf(start: Decoder, adapter: AdapterConfig, seed: number): Decoder {
  if (start.adapter) return start.adapted(start.adapter.config, { weights: start.adapter.parameters.toArrays() });
  return start.adapted({ ...adapter, stabilized: false }, { seed });
}
