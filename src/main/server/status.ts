import type { ErrorCode } from '#shared/errors.ts';

const statuses: Record<ErrorCode, number> = {
  bad_input: 400,
  not_found: 404,
  conflict: 409,
  forbidden: 403,
  no_space: 507,
  damaged: 422,
  newer: 422,
  engine: 500,
};

/** The HTTP status of a sentence for people; null, a defect, is 500. None of them is one that a host gives when its backend is away (502 to 504). */
export function statusOf(code: ErrorCode | null): number {
  return code === null ? 500 : statuses[code];
}
