import type { Message } from '#shared/domain.ts';
import { type Fields, text } from './fields.ts';
import { assistant, type Reading, rankingOf } from './row.ts';

const turn = /\n\n(Human|Assistant): ?/g;
const lastTurn = '\n\nAssistant:';

/** Anthropic HH: two whole transcripts; the shared beginning up to the last `\n\nAssistant:` is the prompt. */
export function readHh(fields: Fields): Reading {
  const chosen = text(fields, 'chosen');
  if ('reason' in chosen) return chosen;
  const rejected = text(fields, 'rejected');
  if ('reason' in rejected) return rejected;
  const cut = [chosen.text.lastIndexOf(lastTurn), rejected.text.lastIndexOf(lastTurn)] as const;
  if (cut[0] < 0 || cut[1] < 0) return { reason: 'a transcript has no "\\n\\nAssistant:" turn' };
  if (cut[0] !== cut[1] || chosen.text.slice(0, cut[0]) !== rejected.text.slice(0, cut[1])) {
    return { reason: 'the two transcripts differ before their last "\\n\\nAssistant:" turn' };
  }
  const prompt = turnsOf(chosen.text.slice(0, cut[0]));
  if (prompt === null || prompt.length === 0) return { reason: 'the transcript does not begin with "\\n\\nHuman:"' };
  const answers = [chosen.text, rejected.text].map((whole) => whole.slice(cut[0] + lastTurn.length).trim());
  return {
    row: {
      prompt,
      topic: null,
      responses: answers.map((answer) => ({ messages: assistant(answer), origin: null })),
      preference: { ranking: rankingOf(0), strength: 1 },
    },
  };
}

function turnsOf(transcript: string): Message[] | null {
  const marks = [...transcript.matchAll(turn)];
  if (marks[0]?.index !== 0) return null;
  return marks.map((mark, index): Message => {
    const content = transcript.slice(mark.index + mark[0].length, marks[index + 1]?.index ?? transcript.length);
    return { role: mark[1] === 'Human' ? 'user' : 'assistant', content: content.trim() };
  });
}
