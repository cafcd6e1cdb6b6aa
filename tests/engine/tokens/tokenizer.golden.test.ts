import { describe, expect, test } from 'vitest';
import { Tokenizer } from '#engine/tokens/tokenizer.ts';
import type { Message } from '#shared/domain.ts';
import { goldenFixture, goldenPath } from '../../golden/load.ts';

interface TokenizerFixture {
  pad_token_id: number;
  eos_token_id: number;
  tokenizer: {
    encodings: { text: string; ids: number[]; decoded_without_special: string }[];
    chat: { messages: Message[]; text: string; ids: number[] };
  };
}

const fixture = goldenFixture<TokenizerFixture>('models', 'smollm');
const tokenizer = Tokenizer.load(goldenPath('models', 'smollm'));

describe('tokenizer', () => {
  test.each(fixture.tokenizer.encodings)('$text', ({ text, ids, decoded_without_special }) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids, { keepSpecial: true })).toBe(text);
    expect(tokenizer.decode(ids)).toBe(decoded_without_special);
  });

  test('a conversation becomes the prompt of the chat template', () => {
    const { messages, text, ids } = fixture.tokenizer.chat;
    expect(tokenizer.promptText(messages)).toBe(text);
    expect(tokenizer.prompt(messages)).toEqual(ids);
  });

  test('knows its special tokens', () => {
    expect(tokenizer.padId).toBe(fixture.pad_token_id);
    expect(tokenizer.eosId).toBe(fixture.eos_token_id);
    expect(tokenizer.stopIds).toContain(fixture.eos_token_id);
  });
});
