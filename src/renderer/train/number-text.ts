/** What was last typed into the field of a number, and what was passed on for it. */
export interface TypedNumber {
  value: unknown;
  /** As it was typed; null where it was typed into a number field, which keeps its own text. */
  text: string | null;
}

/** Numbers below this are written with an exponent. */
const small = 0.01;

/**
 * What a text field for `value` reads, or null where a number field suits it. What was typed stays as it was typed, and in the field that it was typed into, for as long as
 * the value is what it was read as; a value that came from elsewhere is written anew.
 */
export function numberText(value: unknown, typed: TypedNumber | null): string | null {
  if (typed && Object.is(typed.value, value)) return typed.text;
  if (typeof value !== 'number' || value === 0 || Math.abs(value) >= small) return null;
  return value.toExponential();
}

/** A typed text with the number that it says; with the text itself where it says none. */
export function readNumber(text: string): TypedNumber {
  const parsed = Number(text.trim().replace('−', '-'));
  return { text, value: text.trim() !== '' && Number.isFinite(parsed) ? parsed : text };
}
