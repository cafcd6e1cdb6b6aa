import { describe, expect, test } from 'vitest';
import { ChatTemplate } from '#engine/tokens/chat-template.ts';
import type { Message } from '#shared/domain.ts';
import { goldenFixture } from '../../golden/load.ts';

interface ChatFixture {
  bos_token: string;
  eos_token: string;
  templates: {
    name: string;
    template: string;
    conversations: { messages: Message[]; tools: unknown }[];
    renders: { conversation: number; add_generation_prompt: boolean; text: string | null; error?: string }[];
  }[];
}

const fixture = goldenFixture<ChatFixture>('chat');

describe.each(fixture.templates)('$name', ({ template, conversations, renders }) => {
  test.each(renders)('conversation $conversation, generation prompt $add_generation_prompt', (expected) => {
    const { messages, tools } = conversations[expected.conversation]!;
    const render = () =>
      new ChatTemplate(template).render({
        messages,
        tools,
        addGenerationPrompt: expected.add_generation_prompt,
        bosToken: fixture.bos_token,
        eosToken: fixture.eos_token,
      });
    if (expected.text === null) expect(render).toThrow(expected.error!);
    else expect(render()).toBe(expected.text);
  });
});
