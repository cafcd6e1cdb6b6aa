import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { DecoderConfig } from '../nn/config.ts';
import type { Decoding, DecodingModel, DecodingOptions } from './decoding.ts';

/** One update of AdamW: c1 = 1 − β₁ᵗ, c2 = 1 − β₂ᵗ, `scale` multiplies the gradient first (clipping). */
export interface AdamWStep {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  weightDecay: number;
  c1: number;
  c2: number;
  scale: number;
}

/**
 * Hand-written kernels that a backend may offer for the semantic ops of `nn/ops/` (spec/engine.md, "Design that follows"): each op's forward and its gradient,
 * on tensors of that backend, off the tape. An op without a kernel runs as its composite of tf ops, which is also the reference that kernels are tested against.
 * Shapes: B rows of a batch, T positions, R = B·T, D width, H heads, G key/value heads, E width of a head, V vocabulary, N outputs, K inputs.
 */
export interface Kernels {
  /** y [R, N] = x [R, K] · w + b. `w` is [K, N], or [N, K] when `transposed` (torch's Linear); b [N] or null. */
  linear(x: Tensor2D, w: Tensor2D, b: Tensor1D | null, transposed: boolean): Tensor2D;
  /** dx [R, K], dw like w, db [N]. What is not asked for is null. */
  linearGradient(
    x: Tensor2D,
    w: Tensor2D,
    dy: Tensor2D,
    transposed: boolean,
    wanted: { x: boolean; w: boolean; b: boolean },
  ): { dx: Tensor2D | null; dw: Tensor2D | null; db: Tensor1D | null };

  /** Optional: y += x·w in place, y [R, N]; `w` as in linear. Without it the sum is a tensor of its own. */
  addLinear?(y: Tensor2D, x: Tensor2D, w: Tensor2D, transposed: boolean): void;
  /** Optional: scale·x·w. Without it linear and a product by a number. */
  scaledLinear?(x: Tensor2D, w: Tensor2D, transposed: boolean, scale: number): Tensor2D;
  /** Optional: base + x·w + b, base [R, N], as a tensor of its own. Without it linear and a sum. */
  linearOnto?(base: Tensor2D, x: Tensor2D, w: Tensor2D, b: Tensor1D | null, transposed: boolean): Tensor2D;

  /** Rows of `table` [V, D] by ids [R] int32. */
  embed(table: Tensor2D, ids: Tensor1D): Tensor2D;
  /** [V, D]: dy [R, D] added into the rows of its ids. */
  embedGradient(shape: [number, number], ids: Tensor1D, dy: Tensor2D): Tensor2D;

  /**
   * LayerNorm (bias given or null) or RMSNorm of x [R, D]; `statistics` [R, 2] holds mean and 1/deviation for the gradient. With `wantsParameters` false (frozen gain
   * and bias) their gradients may be null.
   */
  norm(x: Tensor2D, gain: Tensor1D, bias: Tensor1D | null, epsilon: number, kind: 'layer' | 'rms'): { y: Tensor2D; statistics: Tensor2D };
  normGradient(
    x: Tensor2D,
    gain: Tensor1D,
    statistics: Tensor2D,
    dy: Tensor2D,
    kind: 'layer' | 'rms',
    wantsParameters?: boolean,
  ): { dx: Tensor2D; dgain: Tensor1D | null; dbias: Tensor1D | null };

  /** Rotates pairs (i, i + E/2) of each head of x [B, T, H·E] by the tables' [T′, E/2] row `positions` [B, T] int32; `sign` −1 for the gradient. */
  rope(x: Tensor3D, cos: Tensor2D, sin: Tensor2D, positions: Tensor2D, heads: number, sign: 1 | -1): Tensor3D;
  /** Optional: rope of q [B, T, H·E] and k [B, T, G·E] in one call, for a backend to which each is a wait. */
  ropeOfBoth?(
    q: Tensor3D,
    k: Tensor3D,
    cos: Tensor2D,
    sin: Tensor2D,
    positions: Tensor2D,
    heads: number,
    groups: number,
    sign: 1 | -1,
  ): [Tensor3D, Tensor3D];

  /**
   * Causal attention. q [B, T, H·E], k and v [B, T, G·E], mask [B, T] int32 (0: padding, never attended to). Scores are scaled by 1/√E.
   * y [B, T, H·E] in rows of padding is unspecified but finite. `saved` is whatever the gradient needs.
   */
  attention(q: Tensor3D, k: Tensor3D, v: Tensor3D, mask: Tensor2D, heads: number, groups: number): { y: Tensor3D; saved: Tensor[] };
  attentionGradient(
    q: Tensor3D,
    k: Tensor3D,
    v: Tensor3D,
    mask: Tensor2D,
    heads: number,
    groups: number,
    y: Tensor3D,
    saved: Tensor[],
    dy: Tensor3D,
  ): { dq: Tensor3D; dk: Tensor3D; dv: Tensor3D };

  /** Optional, both or none: the same for q, k and v side by side in one tensor [B, T, (H + 2G)·E]. Without it the three are cut out, and their gradients joined. */
  attentionOfOne?(qkv: Tensor3D, mask: Tensor2D, heads: number, groups: number): { y: Tensor3D; saved: Tensor[] };
  attentionOfOneGradient?(
    qkv: Tensor3D,
    mask: Tensor2D,
    heads: number,
    groups: number,
    y: Tensor3D,
    saved: Tensor[],
    dy: Tensor3D,
  ): Tensor3D;

  /** gelu with tanh (GPT-2's gelu_new), elementwise. */
  gelu(x: Tensor2D): Tensor2D;
  geluGradient(x: Tensor2D, dy: Tensor2D): Tensor2D;
  /** silu(gate)·up, elementwise. */
  swiglu(gate: Tensor2D, up: Tensor2D): Tensor2D;
  swigluGradient(gate: Tensor2D, up: Tensor2D, dy: Tensor2D): { dgate: Tensor2D; dup: Tensor2D };

  /**
   * log softmax(hidden·headᵀ / temperature)[target] for hidden [R, D], head [V, D], targets [R] int32, without keeping [R, V]:
   * logProbs [R] and the entropy [R] of each row's distribution (nats). `saved` is whatever spares the gradient work, where that is small.
   */
  logProb(
    hidden: Tensor2D,
    head: Tensor2D,
    targets: Tensor1D,
    temperature: number,
  ): { logProbs: Tensor1D; entropy: Tensor1D; saved?: Tensor[] };
  /**
   * Gradient of Σ dy·logProbs: dhidden [R, D], dhead [V, D]; without `wantsHead` (a frozen head) dhead may be null. `saved`, logProb's, is used up; without it the same
   * is computed again.
   */
  logProbGradient(
    hidden: Tensor2D,
    head: Tensor2D,
    targets: Tensor1D,
    temperature: number,
    dy: Tensor1D,
    wantsHead?: boolean,
    saved?: Tensor[],
  ): { dhidden: Tensor2D; dhead: Tensor2D | null };

  /** Σ g² in float64. */
  sumOfSquares(g: Tensor): number;
  /** AdamW in place on p, m, v (same shape) with gradient g·scale; c1 = 1 − β₁ᵗ, c2 = 1 − β₂ᵗ; decoupled decay. */
  adamw(p: Tensor, g: Tensor, m: Tensor, v: Tensor, step: AdamWStep): void;

  /** Optional: sum += x in place, of the same size: gradients of the parts of a batch. Without it the sum is a tensor of its own. */
  accumulate?(sum: Tensor, x: Tensor): void;

  /** Optional: Σ g² over all of `gs`, for a backend to which every number that comes back is a wait. Without it sumOfSquares is called for each. */
  sumOfSquaresOfAll?(gs: Tensor[]): number;
  /** Optional: adamw of many parameters in few calls, each with its own decay. Without it adamw is called for each. */
  adamwOfAll?(
    parameters: { p: Tensor; g: Tensor; m: Tensor; v: Tensor; weightDecay: number }[],
    step: Omit<AdamWStep, 'weightDecay'>,
  ): void;

  /**
   * One token a row through cached attention: writes k and v [B, G·E] into the caches [B, C, G·E] at `position` (int32 [B]) and attends from q [B, H·E]
   * to cache rows `from[b]` … `position[b]` (left padding is before `from`). In place on the caches. y [B, H·E].
   */
  decodeAttention(
    q: Tensor2D,
    k: Tensor2D,
    v: Tensor2D,
    keys: Tensor3D,
    values: Tensor3D,
    from: Int32Array,
    position: Int32Array,
    heads: number,
    groups: number,
  ): Tensor2D;

  /**
   * Optional: one token a row through all blocks and the final norm, for a backend to which every op in between is a wait. ids and positions [B], a pair of caches
   * [B, C, G·E] for each layer, written as decodeAttention writes them. hidden [B, D], equal to what the ops give but for rounding.
   */
  decodeStep?(model: DecodeModel, caches: readonly LayerCache[], from: Int32Array, ids: Int32Array, positions: Int32Array): Tensor2D;

  /** Optional: decoding of many steps with its caches and weights in an order of the backend's own. Throws PlainError `no_space` where they do not fit. */
  openDecoding?(model: DecodingModel, options: DecodingOptions): Decoding;
}

/** A decoder as `decodeStep` sees it. */
export interface DecodeModel {
  config: DecoderConfig;
  /** By Hugging Face name; `has` is false for a bias that the model is without. */
  parameters: { get(name: string): Tensor; has(name: string): boolean };
  /** cos and sin [T′, E/2] that reach every position, or null where positions are learned. */
  rope: { cos: Tensor2D; sin: Tensor2D } | null;
}

/** Keys and values of a layer. */
export interface LayerCache {
  keys: Tensor3D;
  values: Tensor3D;
}
