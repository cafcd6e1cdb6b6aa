/**
 * What a run will hold in memory, before it starts. Pure: the form on the new-run page, the command line and the engine's own refusal use the same numbers.
 * Everything is float32. Sizes are counted from what the engine keeps (src/main/engine/nn): tests hold them to the heap that a run really took.
 */
import type { DecodeWeights } from '../sampling.ts';
import { usualAdapter } from './adapter.ts';

/** A decoder's sizes; the engine's DecoderConfig begins with them. */
export interface ModelShape {
  /** Decides parameter names and the shape of a block. */
  architecture: 'gpt2' | 'llama';
  vocabulary: number;
  /** D. */
  width: number;
  layers: number;
  /** H query heads, G groups of keys and values, E width of a head. */
  heads: number;
  groups: number;
  headWidth: number;
  /** Width of the hidden layer of a block's MLP. */
  feedForward: number;
  /** Longest sequence. */
  positions: number;
  /** RMSNorm over each head of q and k (Qwen3). */
  headNorms: boolean;
  /** The head is the token embedding. */
  tied: boolean;
}

/** How much of a model passes through it at a time, and what of it is trained. */
export interface MemoryInput {
  method: 'sft' | 'reward' | 'ppo' | 'dpo' | 'grpo';
  model: ModelShape;
  /** PPO's and GRPO's; the same as `model` where it is not known. */
  rewardModel: ModelShape | null;
  /** Whether answers are paid by rules alone, so that no reward model is loaded at all. Default false. */
  rulesAlone?: boolean;
  /** PPO's second trained model. */
  critic: 'separate' | 'head';
  /** Padded tokens of one forward and backward pass; a batch of more is accumulated. */
  tokensAtOnce: number;
  /** Longest row, prompt and response. */
  rowTokens: number;
  /** Rows or pairs of an update. */
  batchRows: number;
  /** Rows that answer at the same time; 0 where a run writes no answers. */
  decodingRows: number;
  /** In what numbers the weights are held a second time while answers are written, in the order in which that reads them. Default f32. */
  decodeWeights?: DecodeWeights;
  /** Whether answers are written on another backend than it trains on, which holds the policy's weights once more. Default false. */
  writesElsewhere?: boolean;
  /** Rank of a LoRA adapter on every linear layer, or null where all parameters are trained. */
  loraRank: number | null;
  /** Whether the reward model is an adapter of the very weights that the run starts from, which are in memory anyway. Default false. */
  rewardShares?: boolean;
  /** Whether activations are computed again for the backward pass. */
  recompute: boolean;
}

/** In bytes. */
export interface MemoryEstimate {
  /** Of all that is trained: policy, and PPO's critic. */
  weights: number;
  /** Frozen models beside it. */
  reference: number;
  reward: number;
  gradients: number;
  optimizer: number;
  activations: number;
  /** While answering: keys and values, and the weights in the order in which that reads them. */
  cache: number;
  /** The most that stands at one time: activations and cache take turns. */
  total: number;
}

const float = 4;
/** Most floats of logits that exist at a time, in the wasm kernel of logProb. */
const mostLogits = 2 ** 23;

/** Parameters of a model, biases of Qwen2's projections left out. */
export function parameterCount(shape: ModelShape): number {
  const { vocabulary, width, layers, positions, architecture, tied, headNorms, headWidth } = shape;
  const learnedPositions = architecture === 'gpt2' ? positions * width : 0;
  const norms = (2 * layers + 1) * width * (architecture === 'gpt2' ? 2 : 1);
  const matrices = linears(shape).reduce((sum, { inputs, outputs }) => sum + inputs * outputs + (architecture === 'gpt2' ? outputs : 0), 0);
  const ofHeads = headNorms ? 2 * layers * headWidth : 0;
  return vocabulary * width * (tied ? 1 : 2) + learnedPositions + norms + ofHeads + layers * matrices;
}

/** Parameters of a LoRA adapter of this rank on every linear layer. */
export function loraCount(shape: ModelShape, rank: number): number {
  return shape.layers * linears(shape).reduce((sum, { inputs, outputs }) => sum + rank * (inputs + outputs), 0);
}

/** Linear layers of a block. */
function linears({ architecture, width, heads, groups, headWidth, feedForward }: ModelShape): { inputs: number; outputs: number }[] {
  const [queries, keys] = [heads * headWidth, groups * headWidth];
  const attention = [
    { inputs: width, outputs: queries + 2 * keys },
    { inputs: queries, outputs: width },
  ];
  const up = { inputs: width, outputs: feedForward };
  const down = { inputs: feedForward, outputs: width };
  if (architecture === 'gpt2') return [...attention, up, down];
  return [
    { inputs: width, outputs: queries },
    { inputs: width, outputs: keys },
    { inputs: width, outputs: keys },
    { inputs: queries, outputs: width },
    up,
    up,
    down,
  ];
}

/** Floats that a block keeps of each token for its gradient: what its ops save, the block's own input included. */
function keptPerToken(
  { architecture, width, heads, groups, headWidth, feedForward, headNorms }: ModelShape,
  loraRank: number | null,
): number {
  const [queries, keys] = [heads * headWidth, groups * headWidth];
  const statistics = 4 + heads;
  const attention = 2 * queries + 2 * keys; // q, k, v, y
  const residual = 4 * width; // input, its norm, between, its norm
  if (architecture === 'gpt2') return residual + attention + 2 * feedForward + statistics + 4 * (loraRank ?? 0);
  const normed = headNorms ? queries + keys + 2 * (heads + groups) : 0;
  return residual + attention + normed + 3 * feedForward + statistics + 7 * (loraRank ?? 0);
}

/** Bytes of the activations of one pass over `tokens`, forward and back. */
function activationBytes(shape: ModelShape, tokens: number, loraRank: number | null, recompute: boolean): number {
  const { layers, width, feedForward, vocabulary } = shape;
  const kept = keptPerToken(shape, loraRank);
  const perToken = recompute ? layers * (width + 1) + kept : layers * kept;
  // First the logits, then gradients of what is kept of the block that is being differentiated.
  const passing = Math.max(Math.min(tokens * vocabulary, mostLogits), tokens * (2 * feedForward + 6 * width));
  const headGradient = loraRank === null ? 2 * vocabulary * width : 0; // from the logits and from the embedding, before they are added
  return float * (tokens * perToken + passing + headGradient);
}

/** The most that a run holds at one time. */
export function estimateMemory(input: MemoryInput): MemoryEstimate {
  const { method, model, loraRank, recompute } = input;
  const policy = parameterCount(model);
  // By rules alone, a critic begins as the policy does.
  const scorer = (input.rulesAlone ? null : input.rewardModel) ?? model;
  const critic = method === 'ppo' && input.critic === 'separate' ? scorer : null;
  const trainedOf = (shape: ModelShape) => (loraRank === null ? parameterCount(shape) : loraCount(shape, loraRank));
  const trained = trainedOf(model) + (critic ? trainedOf(critic) : 0);
  const rows = method === 'reward' || method === 'dpo' ? 2 * input.batchRows : input.batchRows;
  const batchTokens = rows * input.rowTokens;
  const tokens = Math.max(input.rowTokens, Math.min(input.tokensAtOnce, batchTokens));
  const accumulated = batchTokens > tokens;
  const copies = input.writesElsewhere ? 2 : 1;
  // A critic that is an adapter rests on the reward model's weights, or the policy's where there is none.
  const weights = float * (copies * policy + (loraRank !== null ? trained : critic ? parameterCount(critic) : 0));
  // An adapter's base is the reference; a policy trained whole needs a copy of its start.
  const referred = method === 'ppo' || method === 'grpo';
  const reference = referred && loraRank === null ? float * policy : 0;
  const scored = referred && !input.rulesAlone;
  const reward = scored ? float * (input.rewardShares ? loraCount(scorer, loraRank ?? usualAdapter.rank) : parameterCount(scorer)) : 0;
  const gradients = float * trained * (accumulated ? 2 : 1);
  const optimizer = float * 2 * trained;
  const activations =
    activationBytes(model, tokens, loraRank, recompute) + (critic ? activationBytes(critic, tokens, loraRank, recompute) : 0);
  const cache =
    input.decodingRows === 0 ? 0 : cacheBytes(model, input.decodingRows, input.rowTokens) + packedBytes(model, input.decodeWeights);
  // The backward pass gives an activation back when it has its gradient, so the larger of the two stands; accumulated gradients stand beside them.
  const total =
    weights + reference + reward + optimizer + Math.max(gradients - float * trained + Math.max(activations, float * trained), cache);
  return { weights, reference, reward, gradients, optimizer, activations, cache, total };
}

/** Keys and values of every layer, and what one block makes of all prompts at once. */
function cacheBytes({ layers, groups, headWidth, feedForward, width }: ModelShape, rows: number, time: number): number {
  return float * rows * time * (2 * layers * groups * headWidth + 3 * feedForward + 8 * width);
}

/** Linear layers and the head as a decoding step reads them: 4 bytes a weight, or one and two numbers an output. */
function packedBytes(shape: ModelShape, weights: DecodeWeights = 'f32'): number {
  const head = { inputs: shape.width, outputs: shape.vocabulary };
  const bytesOf = ({ inputs, outputs }: typeof head) => outputs * (weights === 'int8' ? inputs + 2 * float : float * inputs);
  return shape.layers * linears(shape).reduce((sum, layer) => sum + bytesOf(layer), 0) + bytesOf(head);
}

/** Settings that make a run smaller, the mildest first, in the words of the new-run page. */
const remedies: { words: string; change: Partial<MemoryInput> }[] = [
  { words: '"Recompute activations" on', change: { recompute: true } },
  { words: '"Recompute activations" on and "Tokens at once" 256', change: { recompute: true, tokensAtOnce: 256 } },
  {
    words: '"Recompute activations" on, "Tokens at once" 256 and "Critic" set to head',
    change: { recompute: true, tokensAtOnce: 256, critic: 'head' },
  },
  { words: '"Weights while answering" int8', change: { decodeWeights: 'int8' } },
  { words: '"What is trained" set to an adapter', change: { loraRank: usualAdapter.rank } },
  {
    words: '"What is trained" set to an adapter, "Recompute activations" on and "Tokens at once" 256',
    change: { loraRank: usualAdapter.rank, recompute: true, tokensAtOnce: 256 },
  },
];

/** The mildest change with which the run would fit in `available` bytes, or null: then only a smaller model does. */
export function whatWouldFit(input: MemoryInput, available: number): { words: string; total: number } | null {
  for (const { words, change } of remedies) {
    const { total } = estimateMemory({ ...input, ...change });
    if (total <= available) return { words, total };
  }
  return null;
}

/**
 * Null where a run fits in `available` bytes; else a sentence with both numbers and the mildest change that helps. `holder`: "this machine", "WebAssembly".
 */
export function refusalFor(input: MemoryInput, available: number, holder: string): string | null {
  const { total, optimizer, gradients, activations } = estimateMemory(input);
  if (total <= available) return null;
  const parts = `${gigabytes(activations)} of it activations, ${gigabytes(optimizer + gradients)} gradients and optimizer`;
  const what = `This run needs about ${gigabytes(total)} of memory (${parts}); ${holder} has ${gigabytes(available)}.`;
  const fitting = whatWouldFit(input, available);
  return fitting
    ? `${what} It would fit in ${gigabytes(fitting.total)} with ${fitting.words}.`
    : `${what} Choose a smaller model or shorter answers: no setting makes it fit.`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e8 ? 2 : 1)} GB`;
}
