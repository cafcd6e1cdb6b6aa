/** The models that the rows are measured on, as Hugging Face config.json. Random weights suffice: speed does not depend on them. */

/** 4 layers × 128, 0.93M parameters with a short context. */
export const small = { model_type: 'gpt2', vocab_size: 1024, n_embd: 128, n_layer: 4, n_head: 4, n_positions: 128 };

/** SmolLM2-135M's. */
export const large = {
  model_type: 'llama',
  vocab_size: 49_152,
  hidden_size: 576,
  intermediate_size: 1536,
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  max_position_embeddings: 8192,
  rms_norm_eps: 1e-5,
  rope_theta: 100_000,
  tie_word_embeddings: true,
};

/** Rows and tokens of a training batch; rows, prompt and new tokens of decoding; one PPO iteration. peer.py has the same. */
export const batch = { rows: 8, time: 64 };
export const decoding = { rows: 8, prompt: 16, newTokens: 64 };
export const ppo = { episodes: 64, prompt: 16, response: 32, epochs: 4 };
