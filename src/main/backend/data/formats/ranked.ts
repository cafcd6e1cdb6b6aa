import type { FieldMap } from '#shared/api/data.ts';
import type { Message, Ranking } from '#shared/domain.ts';
import { mostRanked } from '#shared/ranking-letters.ts';
import { type Fields, said } from './fields.ts';
import { optional } from './pairs.ts';
import type { ImportedRow, Reading } from './row.ts';

/** A prompt and a list of two to six responses, each as text, as messages, or as an object with its author and score. */
export function readRanked(fields: Fields, map: FieldMap): Reading {
  return read(fields, map.prompt ?? 'prompt', 'responses', map.topic);
}

/** UltraFeedback: `{source, instruction, completions: [{model, response, overall_score?, annotations?}]}`. */
export function readUltraFeedback(fields: Fields, map: FieldMap): Reading {
  return read(fields, map.prompt ?? 'instruction', 'completions', map.topic ?? 'source');
}

function read(fields: Fields, promptKey: string, listKey: string, topicKey: string | undefined): Reading {
  const prompt = said(fields, promptKey, 'user');
  if ('reason' in prompt) return prompt;
  const list = fields[listKey];
  if (!Array.isArray(list)) return { reason: list === undefined ? `"${listKey}" is missing` : `"${listKey}" is not a list` };
  if (list.length < 2 || list.length > mostRanked) {
    return {
      reason: `"${listKey}" has ${list.length} ${list.length === 1 ? 'response' : 'responses'}; 2 to ${mostRanked} can be ranked at once`,
    };
  }
  const responses: Given[] = [];
  for (const [place, item] of list.entries()) {
    const given = responseOf(item);
    if ('reason' in given) return { reason: `response ${place + 1} of "${listKey}": ${given.reason}` };
    responses.push(given);
  }
  const ranking = fields.ranking === undefined || fields.ranking === null ? byScore(responses) : asGiven(fields.ranking, list.length);
  if (ranking !== null && 'reason' in ranking) return ranking;
  const row: ImportedRow = {
    prompt: prompt.messages,
    topic: optional(fields, topicKey),
    responses: responses.map(({ messages, origin }) => ({ messages, origin })),
    preference: ranking === null ? null : { ranking, strength: 1 },
  };
  return { row };
}

interface Given {
  messages: Message[];
  origin: string | null;
  score: number | null;
}

const textKeys = ['response', 'text', 'content', 'completion', 'messages'];
const authorKeys = ['model', 'origin', 'generator'];
const scoreKeys = ['overall_score', 'score'];

function responseOf(item: unknown): Given | { reason: string } {
  const fields: Fields = typeof item === 'object' && item !== null && !Array.isArray(item) ? { ...item } : { response: item };
  const found = said(fields, textKeys.find((key) => key in fields) ?? 'response', 'assistant');
  if ('reason' in found) return found;
  const score = scoreKeys.map((key) => numberOf(fields[key])).find((value) => value !== null) ?? meanRating(fields.annotations);
  return {
    messages: found.messages,
    origin: optional(
      fields,
      authorKeys.find((key) => key in fields),
    ),
    score,
  };
}

function numberOf(value: unknown): number | null {
  if (value === null || value === undefined || value === '' || typeof value === 'boolean') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** UltraFeedback's `{aspect: {Rating: "4", …}}`: the mean of the ratings that are numbers; null without any. */
function meanRating(annotations: unknown): number | null {
  if (typeof annotations !== 'object' || annotations === null) return null;
  const ratings = Object.values(annotations).flatMap((annotation: unknown) => {
    const rating = typeof annotation === 'object' && annotation !== null && 'Rating' in annotation ? numberOf(annotation.Rating) : null;
    return rating === null ? [] : [rating];
  });
  return ratings.length === 0 ? null : ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
}

/** Best score first, equal scores a tie; null where nobody scored. */
function byScore(responses: readonly Given[]): Ranking | { reason: string } | null {
  const scores = responses.map(({ score }) => score);
  if (scores.every((score) => score === null)) return null;
  const missing = scores.indexOf(null);
  if (missing >= 0) return { reason: `response ${missing + 1} of ${scores.length} has no score; score each of them, or none` };
  const distinct = [...new Set(scores)].sort((one, other) => Number(other) - Number(one));
  return distinct.map((score) => scores.flatMap((its, place) => (its === score ? [place] : [])));
}

/** `[2, 0, 1]`, or with ties `[[2], [0, 1]]`: places in the list from 0, best first. */
function asGiven(value: unknown, count: number): Ranking | { reason: string } {
  const groups: unknown[][] = Array.isArray(value) ? value.map((group: unknown) => (Array.isArray(group) ? group : [group])) : [];
  const places = groups.flat();
  const isWhole = places.length === count && Array.from({ length: count }, (_, place) => place).every((place) => places.includes(place));
  if (!isWhole || groups.some((group) => group.length === 0)) {
    return {
      reason: `"ranking" is ${JSON.stringify(value)}; it names each of the ${count} responses once, by its place from 0, best first`,
    };
  }
  return groups.map((group) => group.map(Number));
}
