import { z } from 'zod';
import { type Message, message } from '#shared/domain.ts';

export type Fields = Record<string, unknown>;

const conversation = z.array(message).min(1);

/** The text under a key; a reason when it is missing, empty (unless `mayBeEmpty`) or not text. */
export function text(fields: Fields, key: string | undefined, mayBeEmpty = false): { text: string } | { reason: string } {
  if (key === undefined) return { reason: 'no column was chosen for it' };
  const value = fields[key];
  if (value === undefined || value === null) return { reason: `"${key}" is missing` };
  if (typeof value !== 'string') return { reason: `"${key}" is ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}, not text` };
  if (value.trim() === '' && !mayBeEmpty) return { reason: `"${key}" is empty` };
  return { text: value };
}

/** The conversation under a key: a list of {role, content}. */
export function messages(fields: Fields, key: string): { messages: Message[] } | { reason: string } {
  const value = fields[key];
  if (value === undefined || value === null) return { reason: `"${key}" is missing` };
  const parsed = conversation.safeParse(value);
  return parsed.success ? { messages: parsed.data } : { reason: `"${key}" is not a list of messages with role and content` };
}

/** What a speaker said under a key, as text or as a list of messages; text may be empty only for `assistant`. */
export function said(fields: Fields, key: string | undefined, speaker: 'user' | 'assistant'): { messages: Message[] } | { reason: string } {
  if (key !== undefined && Array.isArray(fields[key])) return messages(fields, key);
  const found = text(fields, key, speaker === 'assistant');
  return 'reason' in found ? found : { messages: [{ role: speaker, content: found.text }] };
}
