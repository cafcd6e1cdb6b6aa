import type { ExampleKind } from './corpus.ts';
import type { LessonWeights } from './lesson.ts';

interface Stage {
  examples: Record<ExampleKind, number>;
  weights: LessonWeights;
}

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
  /**
   * Examples of each kind, stage after stage under one learning-rate schedule, and what notes and said/unsaid count beside the replies themselves. Copying is
   * learned first, from short true replies; notes weigh most in the middle, and little at the end, where replies become fluent.
   */
  stages: [
    { examples: { exact: 20_000, whole: 0, contrast: 1_000, spoiled: 0 }, weights: { notes: 0.06, otherSlot: 1, spots: 0.1 } },
    { examples: { exact: 0, whole: 30_000, contrast: 10_000, spoiled: 2_000 }, weights: { notes: 0.12, otherSlot: 3, spots: 0.3 } },
    { examples: { exact: 0, whole: 40_000, contrast: 5_000, spoiled: 2_000 }, weights: { notes: 0.08, otherSlot: 3, spots: 0.2 } },
  ] satisfies Stage[],
  /** Attention and MLP matrices begin four times as wide as GPT-2's .02: at 128 numbers a token that halves the loss after 600 steps. */
  widerStart: 4,
  batchSize: 32,
  learningRate: 2e-3,
  warmupSteps: 100,
  adam: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.05 },
  maxGradNorm: 1,
  /** The final norm is divided by this: temperature 1 of the shipped model is this temperature of the trained one. */
  sharpen: 0.75,
};
