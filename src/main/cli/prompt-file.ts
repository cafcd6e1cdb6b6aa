import { readFileSync } from 'node:fs';
import { PlainError } from '#shared/errors.ts';
import { type Question, question } from '#shared/model-jobs.ts';

/** A prompt for a model, from a file. @throws PlainError bad_input */
export function readPromptFile(path: string): Question {
  try {
    return question.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new PlainError(
      'bad_input',
      `${path} cannot be read as a prompt. It holds one JSON object: {"messages": [{"role": "user", "content": "…"}]}, {"text": "…"} or {"ids": [1, 2, 3]}.`,
      { cause: error },
    );
  }
}
