import type { RunSign } from '#shared/api/runs.ts';

/** `length_bias` → `length bias`. */
export function signWords(sign: string): string {
  return sign
    .replaceAll('_', ' ')
    .replaceAll('-', ' ')
    .replace(/\bkl\b/, 'KL');
}

/** The same as the beginning of a sentence: `Length bias`. */
export function signSentenceStart(sign: string): string {
  const words = signWords(sign);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The first of each sign: since when it has been seen. */
export function firstOfEach(signs: readonly RunSign[]): RunSign[] {
  const first = new Map<string, RunSign>();
  for (const sign of signs) {
    const before = first.get(sign.sign);
    if (!before || sign.step < before.step) first.set(sign.sign, sign);
  }
  return [...first.values()].sort((one, two) => one.step - two.step);
}
