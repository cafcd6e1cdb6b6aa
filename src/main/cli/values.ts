import { type OptionValues, UsageError } from './command.ts';

/** The value of a string option, or undefined when it was not given. */
export function text(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** The value of a string option that must be there. @throws {UsageError} */
export function required(values: OptionValues, name: string): string {
  const value = text(values, name);
  if (value === undefined || value === '') throw new UsageError(`--${name} is missing.`);
  return value;
}

/** All values of an option that may be given many times. */
export function many(values: OptionValues, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** A number option. @throws {UsageError} when it is no number, or no whole one where `whole` is asked. */
export function number(values: OptionValues, name: string, { whole = false } = {}): number | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const parsed = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(parsed) || (whole && !Number.isInteger(parsed))) {
    throw new UsageError(`--${name} wants a${whole ? ' whole' : ''} number, not ${JSON.stringify(value)}.`);
  }
  return parsed;
}

/** One of a few words. `-` and `_` are the same, as in `held-out`. @throws {UsageError} */
export function choice<Word extends string>(values: OptionValues, name: string, words: readonly Word[]): Word | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const found = words.find((word) => word === value || word === value.replaceAll('-', '_'));
  if (!found) throw new UsageError(`--${name} is one of ${words.join(', ')}, not ${JSON.stringify(value)}.`);
  return found;
}

/**
 * `KEY=VALUE` pairs; a value that reads as JSON is taken as it, anything else is a string. `adapter.rank=8` sets `rank` of `adapter`. @throws {UsageError}
 */
export function assignments(pairs: readonly string[], option: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const path = pair.slice(0, Math.max(at, 0)).split('.');
    if (path.includes('')) throw new UsageError(`--${option} wants KEY=VALUE, not ${JSON.stringify(pair)}.`);
    const last = path.pop()!;
    const within = path.reduce<Record<string, unknown>>((parent, key) => {
      parent[key] = Object.hasOwn(parent, key) && isObject(parent[key]) ? parent[key] : {};
      return parent[key] as Record<string, unknown>;
    }, result);
    within[last] = jsonOrText(pair.slice(at + 1));
  }
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
