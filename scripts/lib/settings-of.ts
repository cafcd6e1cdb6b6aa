/** `--set` options, each `klCoefficient=0.2`: a value is JSON where it can be read as such, otherwise a word, as in `schedule=linear`. @throws TypeError */
export function settingsOf(texts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(texts.map(settingOf));
}

function settingOf(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new TypeError(`--set takes KEY=VALUE, not “${text}”.`);
  const [key, value] = [text.slice(0, at), text.slice(at + 1)];
  try {
    return [key, JSON.parse(value)];
  } catch {
    return [key, value];
  }
}
