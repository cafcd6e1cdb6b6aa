import { PlainError } from '#shared/errors.ts';
import type { Random } from '../nn/random.ts';

export interface WarpOptions {
  temperature: number;
  /** 0: off. */
  topK: number;
  /** 1: off. */
  topP: number;
}

/** Added to every temperature, so that 0 is greedy. */
export const temperatureFloor = 1e-7;

/**
 * Probabilities [V] in float64 from logits, warped as transformers does: temperature, then top-k (ties with the k-th stay), then top-p (the least likely go
 * while their mass is ≤ 1 − p; the most likely always stays). Written into `weights` when it is given, for whoever samples often.
 * @throws PlainError `engine` when a logit is NaN.
 */
export function warp(
  logits: ArrayLike<number>,
  { temperature, topK, topP }: WarpOptions,
  weights: Float64Array = new Float64Array(logits.length),
): Float64Array {
  const divisor = temperature + temperatureFloor;
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < weights.length; i++) if (logits[i]! > largest) largest = logits[i]!;
  for (let i = 0; i < weights.length; i++) weights[i] = Math.exp((logits[i]! - largest) / divisor);
  if (topK > 0 && topK < weights.length) keepTopK(logits, weights, topK);
  normalize(weights);
  if (topP < 1) {
    keepTopP(weights, topP);
    normalize(weights);
  }
  return weights;
}

/** A token id by its probability: the first at which the cumulative sum passes one uniform draw. */
export function draw(probabilities: Float64Array, random: Random): number {
  let left = random.uniform();
  let last = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!;
    if (p === 0) continue;
    last = i; // where rounding leaves a remainder, the last possible token takes it
    left -= p;
    if (left < 0) break;
  }
  return last;
}

function keepTopK(logits: ArrayLike<number>, weights: Float64Array, k: number): void {
  const threshold = kthLargest(Float64Array.from(logits), k);
  for (let i = 0; i < weights.length; i++) if (logits[i]! < threshold) weights[i] = 0;
}

/** The k-th largest of some numbers, which it reorders (Hoare's quickselect): a vocabulary is too long to be sorted for every token. */
function kthLargest(values: Float64Array, k: number): number {
  const wanted = values.length - k;
  let [first, last] = [0, values.length - 1];
  while (first < last) {
    const pivot = values[(first + last) >> 1]!;
    let [left, right] = [first, last];
    while (left <= right) {
      while (values[left]! < pivot) left++;
      while (values[right]! > pivot) right--;
      if (left > right) break;
      const value = values[left]!;
      values[left++] = values[right]!;
      values[right--] = value;
    }
    if (wanted <= right) last = right;
    else if (wanted >= left) first = left;
    else break;
  }
  return values[wanted]!;
}

function keepTopP(probabilities: Float64Array, topP: number): void {
  // All those below this share together are less than what goes, so they need not be sorted.
  const small = (1 - topP) / probabilities.length;
  let dropped = 0;
  const others: number[] = [];
  for (let i = 0; i < probabilities.length; i++) {
    if (probabilities[i]! >= small) others.push(i);
    else {
      dropped += probabilities[i]!;
      probabilities[i] = 0;
    }
  }
  others.sort((a, b) => probabilities[a]! - probabilities[b]! || a - b);
  for (const i of others.slice(0, -1)) {
    dropped += probabilities[i]!;
    if (dropped > 1 - topP) break;
    probabilities[i] = 0;
  }
}

function normalize(weights: Float64Array): void {
  let sum = 0;
  for (const weight of weights) sum += weight;
  if (!(sum > 0)) throw notNumbers();
  for (let i = 0; i < weights.length; i++) weights[i]! /= sum;
}

/** What ends a run whose logits are NaN. */
export function notNumbers(): PlainError {
  const sentence = 'The model no longer gives numbers (NaN). Start again from an earlier checkpoint, with a lower learning rate.';
  return new PlainError('engine', sentence);
}
