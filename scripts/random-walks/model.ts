import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byteLetters } from '#demo/bpe.ts';
import { specialTokens, tokenizerFiles } from '#demo/tokenizer-files.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { Tokenizer } from '#engine/tokens/tokenizer.ts';
import { saveCheckpoint } from '#engine/weights/checkpoint.ts';

/** Rotary positions: what may follow a node depends on the node, hardly on when it is reached, so that a node at which no walk ever began can be begun at. */
const shape = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  hidden_size: 64,
  intermediate_size: 192,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  max_position_embeddings: 16,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  hidden_act: 'silu',
  tie_word_embeddings: true,
};

/**
 * A prompt is a mark and the start node; the path goes on from it. The mark is what a rotary position can be told from: walks that never arrive end after nine steps, and
 * without it the model took a node that it had only seen inside and at the end of walks for the end of one, and stopped there.
 */
const chatTemplate =
  "{%- for message in messages -%}{%- if message['role'] == 'user' -%}{{ '<|guest|>' }}{%- endif -%}{{ message['content'] }}" +
  "{%- if message['role'] == 'assistant' -%}{{ '<|end|>' }}{%- endif -%}{%- endfor -%}";

/** A byte-level tokenizer without merges, so that every letter, which is a node, is one token. */
export function letterTokenizer(): Tokenizer {
  const folder = mkdtempSync(join(tmpdir(), 'random-walks-'));
  try {
    const files = tokenizerFiles({ tokens: [...specialTokens, ...byteLetters], merges: [] });
    const own = { ...files, 'tokenizer_config.json': { ...(files['tokenizer_config.json'] as object), chat_template: chatTemplate } };
    for (const [name, json] of Object.entries(own)) writeFileSync(join(folder, name), JSON.stringify(json));
    return Tokenizer.load(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a small transformer with random weights into `folder`. */
export function writeFreshModel(folder: string, tokenizer: Tokenizer, seed: number): void {
  const stops = { bos_token_id: tokenizer.eosId, eos_token_id: tokenizer.eosId, pad_token_id: tokenizer.padId };
  const vocabulary = specialTokens.length + byteLetters.length;
  const decoder = Decoder.random(decoderConfigFrom({ ...shape, vocab_size: vocabulary, ...stops }), seed);
  saveCheckpoint(folder, { decoder, tokenizer, manifest: { format: 1, kind: 'base', reward: null }, scoreHead: null });
  decoder.dispose();
}
