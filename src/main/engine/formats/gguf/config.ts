import { PlainError } from '#shared/errors.ts';
import type { Metadata } from './metadata.ts';
import type { Llama3Stretch } from './rope-factors.ts';

/** GGUF's architectures that are computed here. Mistral and SmolLM go by the name llama. */
export const ggufArchitectures = ['gpt2', 'llama', 'qwen2', 'qwen3'] as const;
export type GgufArchitecture = (typeof ggufArchitectures)[number];

/** What the tensors say where the metadata leave it open. */
export interface TensorFacts {
  vocabulary: number;
  tied: boolean;
  /** q, k and v have biases. */
  projectionBias: boolean;
  /** The attention's output has one. */
  outputBias: boolean;
  mlpBias: boolean;
  stretch: Llama3Stretch | null;
}

/** @throws PlainError `bad_input` naming an architecture that is not computed here. */
export function ggufArchitectureOf(metadata: Metadata): GgufArchitecture {
  const name = metadata.text('general.architecture') ?? '';
  const known = ggufArchitectures.find((candidate) => candidate === name);
  if (known) return known;
  throw new PlainError(
    'bad_input',
    `${metadata.path} is a model of architecture "${name.slice(0, 60)}", which cannot be used. GPT-2, Llama, SmolLM, Mistral, Qwen2 and Qwen3 models can.`,
  );
}

/**
 * Hugging Face's config.json for a GGUF file.
 * @throws PlainError `bad_input` for what would change the numbers and is not built here.
 */
export function configFromGguf(architecture: GgufArchitecture, metadata: Metadata, facts: TensorFacts): Record<string, unknown> {
  const number = (key: string) => metadata.requiredNumber(`${architecture}.${key}`);
  const refuse = (why: string): never => {
    throw new PlainError('bad_input', `${metadata.path} cannot be used: ${why}.`);
  };
  const special = (key: string) => metadata.number(`tokenizer.ggml.${key}_token_id`) ?? null;
  const heads = number('attention.head_count');
  const width = number('embedding_length');
  const context = number('context_length');
  const common = {
    vocab_size: facts.vocabulary,
    bos_token_id: special('bos'),
    eos_token_id: special('eos'),
    tie_word_embeddings: facts.tied,
    dtype: 'float32',
  };
  if (architecture === 'gpt2') {
    return {
      architectures: ['GPT2LMHeadModel'],
      model_type: 'gpt2',
      ...{ n_embd: width, n_layer: number('block_count'), n_head: heads, n_positions: context, n_ctx: context },
      n_inner: metadata.number('gpt2.feed_forward_length') ?? 4 * width,
      layer_norm_epsilon: shortest(number('attention.layer_norm_epsilon')),
      activation_function: 'gelu_new',
      ...common,
    };
  }
  const scaling = metadata.text(`${architecture}.rope.scaling.type`);
  if (scaling !== undefined && scaling !== 'none') refuse(`its positions are stretched by "${scaling}"`);
  if ((metadata.number(`${architecture}.expert_count`) ?? 0) > 0) refuse('it is a mixture of experts');
  const slides = metadata.number(`${architecture}.attention.sliding_window`) ?? 0;
  if (slides > 0 && slides < context) refuse('its attention slides over a window');
  const headWidth = metadata.number(`${architecture}.attention.key_length`) ?? width / heads;
  if ((metadata.number(`${architecture}.attention.value_length`) ?? headWidth) !== headWidth) refuse('its keys and values differ in width');
  if ((metadata.number(`${architecture}.rope.dimension_count`) ?? headWidth) !== headWidth)
    refuse('only a part of each head is turned by position');
  if (architecture === 'llama' && facts.projectionBias !== facts.outputBias) refuse('its attention has biases on some projections only');
  const [type, name] = { llama: ['llama', 'Llama'], qwen2: ['qwen2', 'Qwen2'], qwen3: ['qwen3', 'Qwen3'] }[architecture] as [
    string,
    string,
  ];
  return {
    architectures: [`${name}ForCausalLM`],
    model_type: type,
    ...{ hidden_size: width, num_hidden_layers: number('block_count'), num_attention_heads: heads },
    num_key_value_heads: metadata.number(`${architecture}.attention.head_count_kv`) ?? heads,
    head_dim: headWidth,
    intermediate_size: number('feed_forward_length'),
    max_position_embeddings: context,
    rms_norm_eps: shortest(number('attention.layer_norm_rms_epsilon')),
    hidden_act: 'silu',
    rope_theta: shortest(metadata.number(`${architecture}.rope.freq_base`) ?? 10_000),
    rope_scaling: facts.stretch,
    attention_bias: architecture !== 'qwen2' && facts.projectionBias,
    ...(architecture === 'llama' ? { mlp_bias: facts.mlpBias } : {}),
    ...common,
  };
}

/** The shortest decimal that is this float32: 1e-5 for 9.999999747378752e-6. */
export function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === Math.fround(value)) return rounded;
  }
  return value;
}
