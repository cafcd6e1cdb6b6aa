import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { keyNoun } from './rule.ts';

/** A short question with something that an answer must speak of. */
export interface Question {
  /** From its text, so that the same answers are drawn in every project. */
  id: string;
  text: string;
  noun: string;
}

/** About 40 tokens. */
const longest = 160;
const asks = /\?$|^(?:what|how|why|who|where|when|which|can|could|is|are|do|does|explain|describe|tell|list|give|suggest|recommend)\b/i;

/** Whether a prompt is one short question on one line. */
export function isShortQuestion(text: string): boolean {
  return text.length <= longest && !text.includes('\n') && text.split('?').length <= 2 && asks.test(text);
}

/** The short questions of a file of `{prompt, …}` lines, gzipped, each once, in the file's order. @throws when the file is not there or not that */
export function readQuestions(file: string): Question[] {
  const line = z.looseObject({ prompt: z.string() });
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  const texts = lines.filter((text) => text !== '').map((text) => line.parse(JSON.parse(text)).prompt.trim());
  return [...new Set(texts)].filter(isShortQuestion).flatMap((text) => {
    const noun = keyNoun(text);
    return noun === null ? [] : [{ id: `question-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`, text, noun }];
  });
}
