/** Digits after the point that write `step` exactly, up to six. */
function digitsFor(step: number): number {
  for (let digits = 0; digits < 6; digits++) {
    const scaled = step * 10 ** digits;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 && Math.round(scaled) > 0) return digits;
  }
  return 6;
}

/** Words for the ticks of one axis, all with the same digits; `signed` puts + before what is above 0. Minus is −. */
export function tickWords(ticks: (number | null)[], signed: boolean): string[] {
  const numbers = ticks.filter((tick): tick is number => tick !== null);
  const step = numbers.length > 1 ? Math.abs(numbers[1]! - numbers[0]!) : Math.abs(numbers[0] ?? 1) || 1;
  const digits = digitsFor(step);
  return ticks.map((tick) => {
    if (tick === null) return '';
    const words = Math.abs(tick).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
    const zero = Number(words.replaceAll(',', '')) === 0;
    if (zero) return words;
    return tick < 0 ? `−${words}` : signed ? `+${words}` : words;
  });
}

/** Lower and upper end of a value axis: the data with 6% of room on both sides; a flat line gets room to be seen. */
export function valueRange(low: number, high: number, include: readonly number[] = []): [number, number] {
  const from = Math.min(low, ...include);
  const to = Math.max(high, ...include);
  if (!Number.isFinite(from) || !Number.isFinite(to)) return [0, 1];
  const room = (to - from) * 0.06 || Math.max(Math.abs(to) * 0.1, 0.05);
  return [from - (include.includes(from) && from === 0 ? 0 : room), to + room];
}

/** At most `count` round numbers within [low, high]. */
export function roundTicks(low: number, high: number, count: number): number[] {
  const raw = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + 1e-9; index++) ticks.push(index * step);
  return ticks;
}
