import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byteLetters } from '#demo/bpe.ts';
import { specialTokens, tokenizerFiles } from '#demo/tokenizer-files.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { Tokenizer } from '#engine/tokens/tokenizer.ts';
import { saveCheckpoint } from '#engine/weights/checkpoint.ts';

const shape = {
  model_type: 'gpt2',
  architectures: ['GPT2LMHeadModel'],
  n_embd: 64,
  n_layer: 3,
  n_head: 4,
  n_positions: 16,
  activation_function: 'gelu_new',
  layer_norm_epsilon: 1e-5,
  tie_word_embeddings: true,
  attn_pdrop: 0,
  embd_pdrop: 0,
  resid_pdrop: 0,
};

/** A byte-level tokenizer without merges, so that every letter, which is a node, is one token. */
export function letterTokenizer(): Tokenizer {
  const folder = mkdtempSync(join(tmpdir(), 'random-walks-'));
  try {
    const files = tokenizerFiles({ tokens: [...specialTokens, ...byteLetters], merges: [] });
    for (const [name, json] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(json));
    return Tokenizer.load(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a small GPT with random weights into `folder`. */
export function writeFreshModel(folder: string, tokenizer: Tokenizer, seed: number): void {
  const stops = { bos_token_id: tokenizer.eosId, eos_token_id: tokenizer.eosId, pad_token_id: tokenizer.padId };
  const vocabulary = specialTokens.length + byteLetters.length;
  const decoder = Decoder.random(decoderConfigFrom({ ...shape, vocab_size: vocabulary, ...stops }), seed);
  saveCheckpoint(folder, { decoder, tokenizer, manifest: { format: 1, kind: 'base', reward: null }, scoreHead: null });
  decoder.dispose();
}
