import type { FieldMap } from '#shared/api/data.ts';
import { type Fields, said } from './fields.ts';
import { optional } from './pairs.ts';
import type { Reading } from './row.ts';

/** Prompts alone: `{prompt}` as text or as messages, or `{messages}`. */
export function readPrompt(fields: Fields, map: FieldMap): Reading {
  // Rows of one file may have either form, whatever the first ones had.
  const key = [map.prompt, 'messages'].find((name) => name !== undefined && name in fields) ?? map.prompt ?? 'prompt';
  const prompt = said(fields, key, 'user');
  return 'reason' in prompt
    ? prompt
    : { row: { prompt: prompt.messages, topic: optional(fields, map.topic), responses: [], preference: null } };
}
