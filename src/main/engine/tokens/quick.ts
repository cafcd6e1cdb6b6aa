import { PlainError } from '#shared/errors.ts';
import { interruptible, TookTooLong } from '../interruptible.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Milliseconds for all of the texts below; an honest tokenizer takes some tens. */
const patience = 1500;

const usualSigns = [' ', '\n', 'a', 'A', '1', '.', "'", 'é', '中', '\u0301', '▁'];

/**
 * Refuses a tokenizer whose patterns take forever on some text: it is tried on long repetitions of single signs, where nested repetitions and their like run away, and interrupted when it
 * does not come back.
 * @throws PlainError `bad_input`.
 */
export function requireQuick(tokenizer: Tokenizer, where: string): void {
  const json = tokenizer.files.get('tokenizer.json') ?? '';
  const patterns = [...json.slice(0, 1 << 20).matchAll(/"Regex"\s*:\s*"((?:[^"\\]|\\.)*)"/g)].map(([, pattern]) => pattern!);
  const signs = new Set([...usualSigns, ...patterns.join('')]);
  const texts = [...signs].slice(0, 64).flatMap((sign) => [`${sign.repeat(48)}\u0001`, `${sign.repeat(1000)}\u0001`]);
  try {
    interruptible(patience, () => {
      for (const text of texts) tokenizer.encode(text);
    });
  } catch (error) {
    if (!(error instanceof TookTooLong)) throw error;
    throw new PlainError(
      'bad_input',
      `The tokenizer in ${where} does not come to an end on simple texts, so the model cannot be used. Download it again from a place that you trust.`,
      { cause: error },
    );
  }
}
