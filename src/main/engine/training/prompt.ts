import type { PromptRow } from '#shared/jobs.ts';
import type { Tokenizer } from '../tokens/tokenizer.ts';

/** A prompt's tokens, up to where its answer begins: by the chat template, or exactly as the row says. */
export function promptTokens(tokenizer: Tokenizer, { prompt, exact }: PromptRow): number[] {
  if (!exact) return tokenizer.prompt(prompt);
  return 'ids' in exact ? exact.ids : tokenizer.encode(exact.text);
}
