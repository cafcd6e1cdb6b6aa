import type * as tf from '@tensorflow/tfjs-core';
import { type Gradients, valueAndGradients } from '../nn/gradients.ts';
import type { Parameters } from '../nn/parameters.ts';

/**
 * The usual number of padded tokens of one forward and backward pass. It bounds memory and the time until a stop is heard (a 1M-parameter model takes about 0.1 s for it on two cores),
 * and rows alike in length lie together, so that less is computed for padding.
 */
const tokensAtOnce = 1024;

/** Indices of rows of the given lengths in groups whose padded size is at most `tokensAtOnce`, or one row if a row alone is longer. Depends on nothing but the lengths. */
export function microBatches(lengths: readonly number[], budget = tokensAtOnce): number[][] {
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const groups: number[][] = [];
  let width = 0;
  for (const i of order) {
    const group = groups.at(-1);
    if (group && (group.length + 1) * width <= budget) group.push(i);
    else {
      groups.push([i]);
      width = lengths[i]!; // the longest comes first
    }
  }
  return groups;
}

/** One part of a loss that is a sum: `loss` is already weighted by the part's share of the whole. */
export type LossPart = () => tf.Scalar;

/** Value and gradient of Σ parts, one part at a time (gradient accumulation): the same numbers as one pass over all, but for rounding. */
export async function summedGradients(
  parts: readonly LossPart[],
  parameters: Parameters,
  breathe: () => Promise<void>,
): Promise<{ value: number; gradients: Gradients }> {
  let value = 0;
  let total: Gradients | null = null;
  for (const part of parts) {
    try {
      await breathe();
    } catch (stop) {
      total?.dispose();
      throw stop;
    }
    const { value: partValue, gradients } = valueAndGradients(part, parameters);
    value += partValue;
    if (total) total.add(gradients);
    else total = gradients;
  }
  if (!total) throw new Error('A loss without parts has no gradient.');
  return { value, gradients: total };
}
