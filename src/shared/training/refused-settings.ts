import type { z } from 'zod';

/**
 * Why settings, or what a file says, cannot be used, for a person who wrote them: each one by its name, what it wants, and what it was given.
 * `settings`: as given, before zod.
 */
export function refusedSettings(error: z.ZodError, settings: unknown): string {
  return error.issues.map((issue) => reasonOf(issue, settings)).join('; ');
}

function reasonOf(issue: z.core.$ZodIssue, settings: unknown): string {
  const name = issue.path.join('.') || 'the whole';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `there is no setting ${[...issue.path, key].join('.')}`).join('; ');
  }
  const value = given(settings, issue.path);
  const wanted = wantedBy(issue);
  if (wanted === null) {
    const rule = `${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
    return value === aList || value === anObject ? `${name}: ${rule}` : `${name} cannot be ${value}: ${rule}`;
  }
  const verb = { invalid_type: 'wants', invalid_value: 'is' }[String(issue.code)] ?? 'must be';
  return `${name} ${verb} ${wanted}, not ${value}`;
}

/** What would be right, in words: `a whole number`, `at least 1`, `one of separate, head`; null where the rule says it in a sentence of its own, its message. */
export function wantedBy(issue: z.core.$ZodIssue): string | null {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords[issue.expected] ?? `a value of type ${issue.expected}`;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      // A rule's own sentence stands in place of zod's, which begins so.
      if (!issue.message.startsWith('Too small')) return null;
      return `${issue.inclusive ? 'at least' : 'more than'} ${sizeWords(issue.minimum, issue.origin)}`;
    case 'too_big':
      if (!issue.message.startsWith('Too big')) return null;
      return `${issue.inclusive ? 'at most' : 'less than'} ${sizeWords(issue.maximum, issue.origin)}`;
    default:
      return null;
  }
}

const aList = 'a list';
const anObject = 'an object';
const typeWords: Record<string, string> = {
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  string: 'text',
  array: aList,
  object: anObject,
  record: anObject,
};

/** What a size of this kind of value counts. */
function sizeWords(size: number | bigint, origin: string): string {
  const units: Record<string, [one: string, many: string]> = { string: ['letter', 'letters'], array: ['entry', 'entries'] };
  const unit = units[origin];
  return unit ? `${size} ${unit[size === 1 ? 0 : 1]} long` : String(size);
}

/** Letters that are shown of a text that was given: a file may hold a very long one. */
const shownLetters = 80;

/** The value at `path`, as a person would type it; what kind it is where it holds others, however deep; "nothing" where there is none. */
function given(settings: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>((inside, key) => (inside as Record<PropertyKey, unknown> | null | undefined)?.[key], settings);
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : aList;
  if (typeof value === 'object' && value !== null) return anObject;
  const words = JSON.stringify(value);
  return words.length > shownLetters ? `${words.slice(0, shownLetters)}…` : words;
}
