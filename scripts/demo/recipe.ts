import type { ExampleKind } from './corpus.ts';

/** How the demo's SFT model is made; docs/demo.md says what each part is for, and what was tried instead. */
export const recipe = {
  seed: 20,
  /** Ceiling; the vocabulary stops growing when every word of the grammar is one token. */
  vocabulary: 1600,
  vocabularyTexts: 12_000,
  /** config.json of the model. 1,024 positions, so that people's own longer texts fit too; Front desk itself needs 100. */
  model: {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    n_embd: 128,
    n_layer: 4,
    n_head: 4,
    n_positions: 1024,
    activation_function: 'gelu_new',
    layer_norm_epsilon: 1e-5,
    tie_word_embeddings: true,
    attn_pdrop: 0,
    embd_pdrop: 0,
    resid_pdrop: 0,
  },
  /** Examples of each kind, stage after stage under one learning-rate schedule. */
  stages: [
    { exact: 20_000, whole: 0, contrast: 4_000, spoiled: 0 },
    { exact: 0, whole: 44_000, contrast: 14_000, spoiled: 4_000 },
  ] satisfies Record<ExampleKind, number>[],
  batchSize: 32,
  learningRate: 2.5e-3,
  warmupSteps: 100,
  adam: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.05 },
  maxGradNorm: 1,
  weights: { notes: 0.5, spots: 1 },
  /** The final norm is divided by this: temperature 1 of the shipped model is this temperature of the trained one. */
  sharpen: 0.8,
};
