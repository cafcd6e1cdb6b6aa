import type { FieldMap, ImportFormat } from '#shared/api/data.ts';
import type { Container } from '../records.ts';
import type { Fields } from './fields.ts';
import { readHh } from './hh.ts';
import { readPair } from './pairs.ts';
import { readPrompt } from './prompts.ts';
import type { Reading } from './row.ts';
import { readTrl, readTrlConversational } from './trl.ts';

/** Reads one row of a file in a known format. */
export function readRow(format: ImportFormat, fields: Fields, map: FieldMap): Reading {
  switch (format) {
    case 'prompts':
      return readPrompt(fields, map);
    case 'pairs':
      return readPair(fields, map);
    case 'trl':
      return readTrl(fields, map);
    case 'trl_conversational':
      return readTrlConversational(fields);
    case 'hh':
      return readHh(fields);
    case 'csv':
      if (map.chosen !== undefined || map.rejected !== undefined) return readTrl(fields, map);
      return map.response_1 !== undefined || map.response_2 !== undefined ? readPair(fields, map) : readPrompt(fields, map);
  }
}

/** The format that the first rows are in, or null: then a person says what each column holds. */
export function recognize(container: Container, rows: Fields[]): ImportFormat | null {
  const first = rows[0];
  if (first === undefined) return null;
  if (container !== 'jsonl') return 'csv';
  if ('chosen' in first && 'rejected' in first) {
    if (Array.isArray(first.chosen)) return 'trl_conversational';
    return typeof first.chosen === 'string' && first.chosen.startsWith('\n\nHuman:') && !('prompt' in first) ? 'hh' : 'trl';
  }
  const map = guessMap(Object.keys(first));
  if (map.prompt !== undefined && map.response_1 !== undefined && map.response_2 !== undefined) return 'pairs';
  return map.prompt !== undefined || 'messages' in first ? 'prompts' : null;
}

const names: Record<keyof FieldMap, string[]> = {
  prompt: ['prompt', 'instruction', 'question', 'input', 'query', 'messages'],
  response_1: ['response_1', 'response1', 'response_a', 'answer_1', 'output_1', 'completion_1', 'a'],
  response_2: ['response_2', 'response2', 'response_b', 'answer_2', 'output_2', 'completion_2', 'b'],
  preference: ['preference', 'label', 'winner', 'choice', 'better'],
  chosen: ['chosen', 'preferred'],
  rejected: ['rejected', 'dispreferred'],
  topic: ['topic', 'category', 'dataset', 'domain'],
  origin_1: ['generator_1', 'model_1', 'origin_1', 'model_a'],
  origin_2: ['generator_2', 'model_2', 'origin_2', 'model_b'],
};

/** Which column holds what, by its name. */
export function guessMap(columns: string[]): FieldMap {
  const map: FieldMap = {};
  for (const [field, candidates] of Object.entries(names) as [keyof FieldMap, string[]][]) {
    const column = candidates.flatMap((candidate) => columns.filter((name) => name.toLowerCase() === candidate))[0];
    if (column !== undefined) map[field] = column;
  }
  return map;
}
