import type { FieldMap, ImportFormat } from '#shared/api/data.ts';
import type { Container } from '../records.ts';
import type { Fields } from './fields.ts';
import { readHh } from './hh.ts';
import { readPair } from './pairs.ts';
import { readPrompt } from './prompts.ts';
import { readRanked, readUltraFeedback } from './ranked.ts';
import type { Reading } from './row.ts';
import { readTrl, readTrlConversational } from './trl.ts';

/** Reads one row of a file in a known format. */
export function readRow(format: ImportFormat, fields: Fields, map: FieldMap): Reading {
  switch (format) {
    case 'prompts':
      return readPrompt(fields, map);
    case 'pairs':
      return readPair(fields, map);
    case 'responses':
      return readRanked(fields, map);
    case 'ultrafeedback':
      return readUltraFeedback(fields, map);
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

/**
 * The format that the first rows are in, or null: then a person says what each column holds. All of them are looked at: a preference with a key missing
 * is a row to reject, and never makes a file of preferences one of prompts.
 */
export function recognize(container: Container, rows: Fields[]): ImportFormat | null {
  if (rows.length === 0) return null;
  if (container !== 'jsonl') return 'csv';
  const columns = new Set(rows.flatMap((fields) => Object.keys(fields)));
  if (columns.has('chosen') || columns.has('rejected')) {
    const sides = rows.flatMap(({ chosen, rejected }) => [chosen, rejected]);
    if (sides.some(Array.isArray)) return 'trl_conversational';
    const isTranscript = (side: unknown) => typeof side === 'string' && side.startsWith('\n\nHuman:');
    return sides.some(isTranscript) && !columns.has('prompt') ? 'hh' : 'trl';
  }
  const map = guessMap([...columns]);
  if (map.prompt === undefined) return null;
  if (rows.some(({ completions }) => Array.isArray(completions))) return 'ultrafeedback';
  if (rows.some(({ responses }) => Array.isArray(responses))) return 'responses';
  return map.response_1 !== undefined && map.response_2 !== undefined ? 'pairs' : 'prompts';
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
