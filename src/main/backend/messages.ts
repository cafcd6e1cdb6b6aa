import type { Message } from '#shared/domain.ts';

/** The words of a conversation's messages, one under the other: what is trained on of an answer, and what is shown of a prompt. */
export function textOf(messages: readonly Message[]): string {
  return messages.map((message) => message.content).join('\n\n');
}
