import type { Span } from '#shared/diff.ts';
import type { Message } from '#shared/domain.ts';

export const speakers: Record<Message['role'], string> = { system: 'System', user: 'Person', assistant: 'Model' };

const between = '\n\n';

/** A response as one text; several messages follow each other. Differences are found in this. */
export const textOf = (messages: readonly Message[]): string => messages.map(({ content }) => content).join(between);

export interface Turn {
  role: Message['role'];
  text: string;
  /** What is marked of `text`. */
  marks: Span[];
}

/** The messages of a response, each with its part of `marks`, which are ranges of `textOf(messages)`. */
export function turnsOf(messages: readonly Message[], marks: readonly Span[]): Turn[] {
  let start = 0;
  return messages.map(({ role, content }) => {
    const end = start + content.length;
    const own = marks.filter((span) => span.start < end && span.end > start);
    const turn = {
      role,
      text: content,
      marks: own.map((span) => ({ start: Math.max(span.start, start) - start, end: Math.min(span.end, end) - start })),
    };
    start = end + between.length;
    return turn;
  });
}
