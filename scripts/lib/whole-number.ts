/** An option that is a whole number. @throws TypeError naming the option. */
export function wholeNumber(text: string, name: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new TypeError(`--${name} must be a whole number from ${least}, not “${text}”.`);
  return value;
}
