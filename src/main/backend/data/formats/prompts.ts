import type { FieldMap } from '#shared/api/data.ts';
import { type Fields, messages, text } from './fields.ts';
import { optional } from './pairs.ts';
import { type Reading, user } from './row.ts';

/** Prompts alone: `{prompt}` as text or as messages, or `{messages}`. */
export function readPrompt(fields: Fields, map: FieldMap): Reading {
  // Rows of one file may have either form, whatever the first ones had.
  const key = [map.prompt, 'messages'].find((name) => name !== undefined && name in fields) ?? map.prompt ?? 'prompt';
  const topic = optional(fields, map.topic);
  if (Array.isArray(fields[key])) {
    const found = messages(fields, key);
    return 'reason' in found ? found : { row: { prompt: found.messages, topic, responses: [], preference: null } };
  }
  const prompt = text(fields, key);
  return 'reason' in prompt ? prompt : { row: { prompt: user(prompt.text), topic, responses: [], preference: null } };
}
