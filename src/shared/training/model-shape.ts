import { z } from 'zod';
import type { ModelShape } from './memory.ts';

const size = z.int().positive();

const gpt2Json = z
  .looseObject({ model_type: z.literal('gpt2'), vocab_size: size, n_embd: size, n_layer: size, n_head: size, n_positions: size })
  .extend({ n_inner: size.nullish(), tie_word_embeddings: z.boolean().default(true) });

const llamaJson = z
  .looseObject({ model_type: z.string(), vocab_size: size, hidden_size: size, num_hidden_layers: size, num_attention_heads: size })
  .extend({ num_key_value_heads: size.nullish(), head_dim: size.nullish(), intermediate_size: size, max_position_embeddings: size })
  .extend({ tie_word_embeddings: z.boolean().default(false) });

/**
 * Sizes from a Hugging Face `config.json`, for an estimate; null for a model that is described otherwise. Whether it can be run is the engine's to say
 * (decoderConfigFrom), which also reads what does not change sizes.
 */
export function modelShapeFrom(json: unknown): ModelShape | null {
  const gpt2 = gpt2Json.safeParse(json);
  if (gpt2.success) {
    const { vocab_size, n_embd, n_layer, n_head, n_positions, n_inner, tie_word_embeddings } = gpt2.data;
    return {
      ...{ architecture: 'gpt2', vocabulary: vocab_size, width: n_embd, layers: n_layer, heads: n_head, groups: n_head },
      ...{ headWidth: n_embd / n_head, feedForward: n_inner ?? 4 * n_embd, positions: n_positions, headNorms: false },
      tied: tie_word_embeddings,
    };
  }
  const llama = llamaJson.safeParse(json);
  if (!llama.success) return null;
  const { model_type, vocab_size, hidden_size, num_hidden_layers, num_attention_heads: heads, num_key_value_heads, head_dim } = llama.data;
  return {
    ...{ architecture: 'llama', vocabulary: vocab_size, width: hidden_size, layers: num_hidden_layers, heads },
    ...{ groups: num_key_value_heads ?? heads, headWidth: head_dim ?? hidden_size / heads, feedForward: llama.data.intermediate_size },
    ...{ positions: llama.data.max_position_embeddings, headNorms: model_type === 'qwen3', tied: llama.data.tie_word_embeddings },
  };
}
