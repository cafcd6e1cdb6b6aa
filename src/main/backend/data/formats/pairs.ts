import type { FieldMap } from '#shared/api/data.ts';
import { type Fields, said } from './fields.ts';
import { type Reading, rankingOf } from './row.ts';

/** A prompt and two responses, each as text or as messages, with or without a preference (our own and most home-made files). */
export function readPair(fields: Fields, map: FieldMap): Reading {
  const prompt = said(fields, map.prompt, 'user');
  if ('reason' in prompt) return prompt;
  const first = said(fields, map.response_1, 'assistant');
  if ('reason' in first) return first;
  const second = said(fields, map.response_2, 'assistant');
  if ('reason' in second) return second;
  const preference = preferenceOf(map.preference === undefined ? null : fields[map.preference]);
  if (preference === undefined)
    return { reason: `"${map.preference}" is ${JSON.stringify(fields[map.preference ?? ''])}; known are 1, 2, 0 or A, B, tie` };
  return {
    row: {
      prompt: prompt.messages,
      topic: optional(fields, map.topic),
      responses: [
        { messages: first.messages, origin: optional(fields, map.origin_1) },
        { messages: second.messages, origin: optional(fields, map.origin_2) },
      ],
      preference: preference === null ? null : { ranking: rankingOf(preference), strength: 1 },
      inOrderShown: true,
    },
  };
}

export function optional(fields: Fields, key: string | undefined): string | null {
  const value = key === undefined ? null : fields[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** 0 the first is better, 1 the second, `tie`, null for no judgment, undefined for a value that nobody knows. */
function preferenceOf(value: unknown): 0 | 1 | 'tie' | null | undefined {
  if (value === null || value === undefined || value === '') return null;
  const word = String(typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value)
    .trim()
    .toLowerCase();
  if (['1', 'a', 'response_1', 'response_a', 'first', 'left', 'model_a'].includes(word)) return 0;
  if (['2', 'b', 'response_2', 'response_b', 'second', 'right', 'model_b'].includes(word)) return 1;
  if (['0', 'tie', 'equal', 'same'].includes(word)) return 'tie';
  return undefined;
}
