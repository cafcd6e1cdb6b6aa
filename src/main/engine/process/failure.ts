import { type ErrorCode, PlainError, sentenceOf } from '#shared/errors.ts';

/** How an error that ended a job is told to the person. */
export interface Failure {
  code: ErrorCode;
  sentence: string;
}

/** A sentence for whatever ended a job. */
export function failureOf(error: unknown): Failure {
  if (error instanceof PlainError) return { code: error.code, sentence: error.message };
  if (isOutOfMemory(error)) {
    return {
      code: 'no_space',
      sentence:
        "This machine's memory is used up, so this run was ended; its last good state is kept. Close other programs and resume, or start again with fewer tokens at once, shorter answers or a smaller model.",
    };
  }
  return {
    code: 'engine',
    sentence: `Training ended by a defect of Plumbline: ${sentenceOf(error)} The run's log has more; what was saved can be resumed.`,
  };
}

/** JavaScript's own words for an array that the system has no room for, and TensorFlow's (TF_Status 8, RESOURCE_EXHAUSTED; a GPU's memory too). */
function isOutOfMemory(error: unknown): boolean {
  const words = sentenceOf(error);
  return (error instanceof RangeError && /^Array buffer allocation failed/.test(words)) || /^Invalid TF_Status: 8\b/.test(words);
}
