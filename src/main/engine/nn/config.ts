import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import type { ModelShape } from '#shared/training/memory.ts';
import { refusedSettings } from '#shared/training/refused-settings.ts';

/** A decoder-only transformer, reduced to what it computes. */
export interface DecoderConfig extends ModelShape {
  normEpsilon: number;
  rope: RopeConfig | null;
  /** Biases on q, k, v and on the attention's output, llama architecture only; GPT-2 has all. */
  projectionBias: boolean;
  outputBias: boolean;
  mlpBias: boolean;
  /** `config.json` as it was read, to be written beside the weights again. */
  huggingFace: Record<string, unknown>;
}

export interface RopeConfig {
  theta: number;
  /** Llama 3's stretching of long wavelengths, or null. */
  stretch: { factor: number; lowFrequencyFactor: number; highFrequencyFactor: number; originalPositions: number } | null;
}

/**
 * Reads a Hugging Face `config.json` of model type gpt2, llama, mistral, qwen2 or qwen3 (SmolLM is llama), in its older or newer spelling.
 * @throws PlainError `bad_input` for another type or for a feature that would change the numbers and is not built here.
 */
export function decoderConfigFrom(json: unknown): DecoderConfig {
  const named = z.looseObject({ model_type: z.string() }).safeParse(json);
  if (!named.success) throw refuse('it has no "model_type"');
  const type = named.data.model_type;
  if (type === 'gpt2') return fromGpt2(json);
  if (['llama', 'mistral', 'qwen2', 'qwen3'].includes(type)) return fromLlama(type, json);
  throw refuse(`its model type is "${type}"; gpt2, llama, mistral, qwen2 and qwen3 are supported`);
}

/** More than any model has, and few enough that a made-up config.json costs no memory before its weights are looked at. */
const size = z
  .int()
  .positive()
  .max(2 ** 27);
const layerCount = z.int().positive().max(1000);

const gpt2Json = z.looseObject({
  vocab_size: size,
  n_embd: size,
  n_layer: layerCount,
  n_head: size,
  n_positions: size,
  n_inner: size.nullish(),
  layer_norm_epsilon: z.number().positive().default(1e-5),
  activation_function: z.string().default('gelu_new'),
  scale_attn_weights: z.boolean().default(true),
  scale_attn_by_inverse_layer_idx: z.boolean().default(false),
  tie_word_embeddings: z.boolean().default(true),
});

function fromGpt2(json: unknown): DecoderConfig {
  const raw = parse(gpt2Json, json);
  if (!['gelu_new', 'gelu_pytorch_tanh'].includes(raw.activation_function)) throw refuse(`activation "${raw.activation_function}"`);
  if (!raw.scale_attn_weights || raw.scale_attn_by_inverse_layer_idx) throw refuse('its attention is scaled in an unusual way');
  if (raw.n_embd % raw.n_head !== 0) throw refuse(`width ${raw.n_embd} is not a multiple of ${raw.n_head} heads`);
  return {
    architecture: 'gpt2',
    vocabulary: raw.vocab_size,
    width: raw.n_embd,
    layers: raw.n_layer,
    heads: raw.n_head,
    groups: raw.n_head,
    headWidth: raw.n_embd / raw.n_head,
    feedForward: raw.n_inner ?? 4 * raw.n_embd,
    positions: raw.n_positions,
    normEpsilon: raw.layer_norm_epsilon,
    rope: null,
    projectionBias: true,
    outputBias: true,
    mlpBias: true,
    headNorms: false,
    tied: raw.tie_word_embeddings,
    huggingFace: json as Record<string, unknown>,
  };
}

const ropeJson = z.looseObject({
  rope_theta: z.number().positive().optional(),
  rope_type: z.string().optional(),
  type: z.string().optional(),
  factor: z.number().optional(),
  low_freq_factor: z.number().optional(),
  high_freq_factor: z.number().optional(),
  original_max_position_embeddings: z.number().optional(),
});

const llamaJson = z.looseObject({
  vocab_size: size,
  hidden_size: size,
  num_hidden_layers: layerCount,
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  intermediate_size: size,
  max_position_embeddings: size,
  rms_norm_eps: z.number().positive(),
  hidden_act: z.string().default('silu'),
  rope_theta: z.number().positive().optional(),
  rope_scaling: ropeJson.nullish(),
  rope_parameters: ropeJson.nullish(),
  attention_bias: z.boolean().nullish(),
  mlp_bias: z.boolean().nullish(),
  sliding_window: z.number().nullish(),
  use_sliding_window: z.boolean().nullish(),
  tie_word_embeddings: z.boolean().default(false),
});

function fromLlama(type: string, json: unknown): DecoderConfig {
  const raw = parse(llamaJson, json);
  if (!['silu', 'swish'].includes(raw.hidden_act)) throw refuse(`activation "${raw.hidden_act}"`);
  const slides = type === 'mistral' ? raw.sliding_window != null : raw.use_sliding_window === true;
  if (slides && (raw.sliding_window ?? 0) < raw.max_position_embeddings) throw refuse('its attention slides over a window');
  const groups = raw.num_key_value_heads ?? raw.num_attention_heads;
  if (raw.num_attention_heads % groups !== 0) throw refuse(`${raw.num_attention_heads} heads do not divide into ${groups} groups`);
  return {
    architecture: 'llama',
    vocabulary: raw.vocab_size,
    width: raw.hidden_size,
    layers: raw.num_hidden_layers,
    heads: raw.num_attention_heads,
    groups,
    headWidth: raw.head_dim ?? raw.hidden_size / raw.num_attention_heads,
    feedForward: raw.intermediate_size,
    positions: raw.max_position_embeddings,
    normEpsilon: raw.rms_norm_eps,
    rope: ropeFrom(raw),
    projectionBias: type === 'qwen2' || raw.attention_bias === true,
    outputBias: type !== 'qwen2' && raw.attention_bias === true,
    mlpBias: raw.mlp_bias === true,
    headNorms: type === 'qwen3',
    tied: raw.tie_word_embeddings,
    huggingFace: json as Record<string, unknown>,
  };
}

function ropeFrom(raw: z.infer<typeof llamaJson>): RopeConfig {
  const own = raw.rope_parameters ?? raw.rope_scaling ?? {};
  const theta = own.rope_theta ?? raw.rope_theta ?? 10_000;
  const type = own.rope_type ?? own.type ?? 'default';
  if (type === 'default') return { theta, stretch: null };
  if (type !== 'llama3') throw refuse(`positions of type "${type}"`);
  const { factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: original } = own;
  if (!factor || !low || !high || !original) throw refuse('its llama3 positions lack a number');
  return { theta, stretch: { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions: original } };
}

function parse<Schema extends z.ZodType>(schema: Schema, json: unknown): z.infer<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw refuse(refusedSettings(result.error, json));
}

function refuse(why: string): PlainError {
  return new PlainError('bad_input', `This model cannot be used: config.json: ${why}.`);
}
