import { PlainError } from '#shared/errors.ts';
import type { Question } from '#shared/model-jobs.ts';
import type { LanguageModel } from '../formats/language-model.ts';

/**
 * The ids that a model is to go on from: as given, of text alone, or of a conversation by the model's chat template.
 * @throws PlainError `bad_input` for words to a model without a tokenizer.
 */
export function questionIds({ tokenizer }: LanguageModel, question: Question): number[] {
  if ('ids' in question) return question.ids;
  if (!tokenizer) {
    throw new PlainError(
      'bad_input',
      'This model has no tokenizer.json, so it reads ids alone: give {"ids": […]}, or add its tokenizer files.',
    );
  }
  return 'text' in question ? tokenizer.encode(question.text) : tokenizer.prompt(question.messages);
}
