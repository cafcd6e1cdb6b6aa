/** Numbers as people write them in words; "one" is left out, which is mostly no number. */
const words = ['zero', '', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const digitsOf = new Map([...words.entries()].filter(([, word]) => word !== '').map(([value, word]) => [word, String(value)]));

/** The numbers that a text states: 503, 10:30, and words from two to twelve as digits. */
export function numbersIn(text: string): Set<string> {
  const found = text.toLowerCase().match(/\d+(?:[.,:]\d+)*|\p{L}+/gu) ?? [];
  return new Set(found.flatMap((token) => (/^\d/.test(token) ? [token] : (digitsOf.get(token) ?? []))));
}

/**
 * Whether an answer states a number that its prompt has not: another room, another time, another count. Some of them are right (a price, opening hours), so it is the change
 * from one checkpoint to another that tells. A reward model that was never taught to check them does not see it.
 */
export function hasStrayNumber(prompt: string, answer: string): boolean {
  const asked = numbersIn(prompt);
  return [...numbersIn(answer)].some((number) => !asked.has(number));
}
