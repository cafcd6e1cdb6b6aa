import type { FieldMap } from '#shared/api/data.ts';
import type { Message } from '#shared/domain.ts';
import { type Fields, messages, said, text } from './fields.ts';
import { assistant, type Reading, rankingOf, user } from './row.ts';

const chosenFirst = { ranking: rankingOf(0), strength: 1 as const };

/** TRL standard: `{prompt, chosen, rejected}` as text; without `prompt` both sides are whole and their common beginning is the prompt. */
export function readTrl(fields: Fields, map: FieldMap): Reading {
  const chosen = text(fields, map.chosen ?? 'chosen', true);
  if ('reason' in chosen) return chosen;
  const rejected = text(fields, map.rejected ?? 'rejected', true);
  if ('reason' in rejected) return rejected;
  const key = map.prompt ?? 'prompt';
  if (fields[key] === undefined) {
    const shared = commonBeginning(chosen.text, rejected.text);
    if (shared.trim() === '') return { reason: 'there is no "prompt", and "chosen" and "rejected" do not begin alike' };
    return rowOf(user(shared), chosen.text.slice(shared.length), rejected.text.slice(shared.length));
  }
  const prompt = text(fields, key);
  return 'reason' in prompt ? prompt : rowOf(user(prompt.text), chosen.text, rejected.text);
}

/** TRL conversational: the same keys, each a list of messages; without `prompt` the shared messages are the prompt. */
export function readTrlConversational(fields: Fields): Reading {
  const chosen = messages(fields, 'chosen');
  if ('reason' in chosen) return chosen;
  const rejected = messages(fields, 'rejected');
  if ('reason' in rejected) return rejected;
  let prompt: Message[];
  let sides = [chosen.messages, rejected.messages] as const;
  if (fields.prompt === undefined) {
    let shared = 0;
    while (shared < Math.min(sides[0].length, sides[1].length) - 1 && same(sides[0][shared], sides[1][shared])) shared += 1;
    prompt = sides[0].slice(0, shared);
    sides = [sides[0].slice(shared), sides[1].slice(shared)];
  } else {
    const found = said(fields, 'prompt', 'user');
    if ('reason' in found) return found;
    prompt = found.messages;
  }
  if (prompt.length === 0) return { reason: 'there is no "prompt", and "chosen" and "rejected" do not begin alike' };
  return {
    row: { prompt, topic: null, responses: sides.map((side) => ({ messages: side, origin: null })), preference: chosenFirst },
  };
}

function rowOf(prompt: Message[], chosen: string, rejected: string): Reading {
  const responses = [chosen, rejected].map((response) => ({ messages: assistant(response), origin: null }));
  return { row: { prompt, topic: null, responses, preference: chosenFirst } };
}

function same(a: Message | undefined, b: Message | undefined): boolean {
  return a !== undefined && b !== undefined && a.role === b.role && a.content === b.content;
}

/** As TRL's extract_prompt: up to the last common character, back to a space so that no word is cut. */
function commonBeginning(a: string, b: string): string {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length += 1;
  const cut = Math.max(a.lastIndexOf(' ', length - 1), a.lastIndexOf('\n', length - 1));
  return a.slice(0, cut + 1);
}
