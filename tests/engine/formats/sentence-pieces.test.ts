import { expect, test } from 'vitest';
import { Metadata } from '#engine/formats/gguf/metadata.ts';
import type { GgufValue } from '#engine/formats/gguf/read.ts';
import { tokenizerFromGguf } from '#engine/formats/gguf/tokenizer.ts';
import { Random } from '#engine/nn/random.ts';
import { Tokenizer } from '#engine/tokens/tokenizer.ts';

/** A SentencePiece vocabulary as Llama's: three special tokens, 256 bytes, pieces with scores. */
const pieces = ['▁', 'a', 'b', 'c', '▁a', 'ab', 'bc', 'abc', '▁ab', 'ca', 'bb', '▁abc', 'aa', 'cc', '▁c', 'aab'];
const tokens = [
  '<unk>',
  '<s>',
  '</s>',
  ...Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
  ...pieces,
];
const scores = tokens.map((token) => (pieces.includes(token) ? -pieces.indexOf(token) : 0));
const kinds = tokens.map((_, id) => (id === 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1));

function metadata(changes: Record<string, GgufValue> = {}): Metadata {
  const values: Record<string, GgufValue> = {
    'tokenizer.ggml.model': 'llama',
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.scores': scores,
    'tokenizer.ggml.token_type': kinds,
    'tokenizer.ggml.bos_token_id': 1,
    'tokenizer.ggml.eos_token_id': 2,
    'tokenizer.ggml.unknown_token_id': 0,
    ...changes,
  };
  return new Metadata({ path: 'a test', metadata: new Map(Object.entries(values)) });
}

const tokenizer = Tokenizer.from(tokenizerFromGguf(metadata(), 'llama', tokens.length), 'a test');

/** SentencePiece as its paper has it: of all neighbors that make a piece, the pair of the highest score is put together, the leftmost first; what stays unknown becomes bytes. */
function slowly(text: string): number[] {
  let parts = [...`▁${text.replaceAll(' ', '▁')}`];
  for (;;) {
    let best = -1;
    for (let i = 0; i + 1 < parts.length; i++) {
      const id = tokens.indexOf(parts[i]! + parts[i + 1]!, 259);
      if (id >= 0 && (best < 0 || scores[id]! > scores[tokens.indexOf(parts[best]! + parts[best + 1]!, 259)]!)) best = i;
    }
    if (best < 0) break;
    parts = [...parts.slice(0, best), parts[best]! + parts[best + 1]!, ...parts.slice(best + 2)];
  }
  return parts.flatMap((part) => {
    const id = tokens.indexOf(part, 259);
    return id >= 0 ? [id] : [...new TextEncoder().encode(part)].map((byte) => byte + 3);
  });
}

test('pieces are put together as SentencePiece does, and unknown signs become bytes', () => {
  const random = Random.from(5);
  const signs = ['a', 'b', 'c', ' ', 'a', 'b', 'é', '中'];
  const texts = Array.from({ length: 300 }, () =>
    Array.from({ length: 1 + Math.floor(random.uniform() * 14) }, () => signs[Math.floor(random.uniform() * signs.length)]).join(''),
  );
  for (const text of [...texts, 'abcab c', ' a', 'aabb  c']) {
    expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(slowly(text));
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  }
});

test('special tokens are cut out whole and stop an answer', () => {
  expect(tokenizer.encode('<s>ab</s>')).toEqual([1, tokens.indexOf('▁ab'), 2]);
  expect(tokenizer.stopIds).toEqual([2]);
  expect(tokenizer.bosId).toBe(1);
  expect(tokenizer.beginsWithBos).toBe(true);
  expect(tokenizer.pieces([1, tokens.indexOf('▁ab')])).toEqual([
    { id: 1, text: '<s>', special: true },
    { id: tokens.indexOf('▁ab'), text: 'ab', special: false },
  ]);
});

test('a vocabulary that contradicts itself is refused', () => {
  const refused = (changes: Record<string, GgufValue>) => () => tokenizerFromGguf(metadata(changes), 'llama', tokens.length);
  expect(refused({ 'tokenizer.ggml.scores': [1, 2] })).toThrow(/scores of 2/);
  expect(refused({ 'tokenizer.ggml.token_type': [1] })).toThrow(/kinds of 1/);
  expect(refused({ 'tokenizer.ggml.tokens': [...tokens.slice(0, -1), 'ab'] })).toThrow(/a token twice/);
  expect(refused({ 'tokenizer.ggml.eos_token_id': 4_000_000 })).toThrow(/eos token is number 4000000/);
  expect(refused({ 'tokenizer.ggml.model': 'bert' })).toThrow(/kind "bert"/);
  expect(refused({ 'tokenizer.ggml.model': 'gpt2', 'tokenizer.ggml.pre': 'chatglm-bpe' })).toThrow(/"chatglm-bpe".*llama-bpe, qwen2/);
  expect(refused({ 'tokenizer.ggml.tokens': 'many' })).toThrow(/is not a list of texts/);
  expect(() => tokenizerFromGguf(metadata(), 'llama', 100)).toThrow(/275 tokens for weights of 100/);
});
