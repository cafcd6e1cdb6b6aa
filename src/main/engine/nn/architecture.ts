import type * as tf from '@tensorflow/tfjs-core';
import type { DecoderConfig } from './config.ts';
import type { Adapter } from './lora/adapter.ts';
import type { Projections } from './ops/attention.ts';
import { embed } from './ops/embed.ts';
import { type LinearLayer, linears, residualLinear } from './ops/linear.ts';
import type { RopeTables } from './ops/rope.ts';
import type { ParameterShape, Parameters } from './parameters.ts';

/** What the blocks of one forward pass have in common. R = B·T rows. */
export interface Pass {
  config: DecoderConfig;
  parameters: Parameters;
  /** Beside the frozen parameters, or null. */
  adapter: Adapter | null;
  /** [B, T] int32. */
  positions: tf.Tensor2D;
  rope: RopeTables | null;
  /** How queries meet keys and values: over the batch while training and prefilling, over the cache while decoding. → [R, H·E] */
  attend(layer: number, projections: Projections): tf.Tensor2D;
  /** Rows [R′] int32 that anybody asks for, or null for all: the last block computes no others once its keys and values are made. */
  chosen: tf.Tensor1D | null;
}

/** What sets one family of decoders apart: names and shapes of its parameters, and how its pieces are put together. */
export interface Architecture {
  shapes(config: DecoderConfig): ParameterShape[];
  /** Standard deviation for fresh weights; null: ones (a norm's gain); 0: zeros. */
  initialDeviation(name: string, config: DecoderConfig): number | null;
  tokenEmbedding: string;
  /** Linear layers of a block, by their names in it; the head is not among them. */
  linears: readonly string[];
  /** What a block's names begin with. */
  blockPrefix(layer: number): string;
  /** ids [R] int32 → [R, D]. */
  embed(pass: Pass, ids: tf.Tensor1D): tf.Tensor2D;
  /** [R, D] → [R, D], or [R′, D] from the last block when rows are chosen (`goingOn`). */
  block(pass: Pass, layer: number, x: tf.Tensor2D): tf.Tensor2D;
  finalNorm(pass: Pass, x: tf.Tensor2D): tf.Tensor2D;
}

/** What goes on from attention in block `layer`: all rows of x [R, N], or in the last block the chosen ones [R′, N]. */
export function goingOn({ config, chosen }: Pass, layer: number, x: tf.Tensor2D): tf.Tensor2D {
  return chosen && layer === config.layers - 1 ? embed(x, chosen) : x;
}

/** Lookup of parameters under one prefix, with their ranks. */
export function under(parameters: Parameters, prefix: string) {
  return {
    matrix: (name: string) => parameters.get(prefix + name) as tf.Tensor as tf.Tensor2D,
    vector: (name: string) => parameters.get(prefix + name) as tf.Tensor as tf.Tensor1D,
    /** Null where the model has no such bias. */
    bias: (name: string) => (parameters.has(prefix + name) ? (parameters.get(prefix + name) as tf.Tensor as tf.Tensor1D) : null),
  };
}

/** Weights are torch's Linear, [out, in]; GPT-2's Conv1D is [in, out]. */
function isTransposed({ config }: Pass): boolean {
  return config.architecture !== 'gpt2';
}

/** The linear layer `module`: its weight, its bias where it has one, its adapter's correction where there is one. */
function layerOf({ parameters, adapter }: Pass, module: string): LinearLayer {
  const { matrix, bias } = under(parameters, `${module}.`);
  return { w: matrix('weight'), b: bias('bias'), correction: adapter?.pairOf(module) };
}

/** x [R, K] through the linear layer `module` → [R, N]. */
export function project(pass: Pass, module: string, x: tf.Tensor2D): tf.Tensor2D {
  return projectAll(pass, [module], x)[0]!;
}

/** `project` through several linear layers of the same input. */
export function projectAll(pass: Pass, modules: readonly string[], x: tf.Tensor2D): tf.Tensor2D[] {
  return linears(
    x,
    modules.map((module) => layerOf(pass, module)),
    isTransposed(pass),
  );
}

/** base [R, N] + `project` of x: what a block adds to the residual stream. */
export function projectOnto(pass: Pass, base: tf.Tensor2D, module: string, x: tf.Tensor2D): tf.Tensor2D {
  return residualLinear(base, x, layerOf(pass, module), isTransposed(pass));
}
