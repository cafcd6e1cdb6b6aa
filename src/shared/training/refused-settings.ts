import type { z } from 'zod';

/**
 * Why settings cannot be used, for a person who typed them: each one by its name, what it wants, and what it was given.
 * `settings`: as given, before zod.
 */
export function refusedSettings(error: z.ZodError, settings: unknown): string {
  return error.issues.map((issue) => reasonOf(issue, settings)).join('; ');
}

function reasonOf(issue: z.core.$ZodIssue, settings: unknown): string {
  const name = issue.path.join('.') || 'the settings';
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => `there is no setting ${[...issue.path, key].join('.')}`).join('; ');
    case 'invalid_type':
      return `${name} wants ${typeWords[issue.expected] ?? `a value of type ${issue.expected}`}, not ${given(settings, issue.path)}`;
    case 'invalid_value':
      return `${name} is one of ${issue.values.map(String).join(', ')}, not ${given(settings, issue.path)}`;
    case 'too_small':
      return `${name} must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}, not ${given(settings, issue.path)}`;
    case 'too_big':
      return `${name} must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}, not ${given(settings, issue.path)}`;
    default:
      return `${name} cannot be ${given(settings, issue.path)}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
  }
}

const typeWords: Record<string, string> = {
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  string: 'text',
  array: 'a list',
  object: 'an object',
};

/** The value at `path`, as a person would type it; "nothing" where there is none. */
function given(settings: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>((inside, key) => (inside as Record<PropertyKey, unknown> | null | undefined)?.[key], settings);
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
