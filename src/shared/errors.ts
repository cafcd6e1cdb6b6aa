/**
 * An error that is a sentence for the person who meets it: what happened, to what, and what to do next.
 * Everything a person can cause or mend is thrown as this; any other error is a defect and is shown as one.
 */
export class PlainError extends Error {
  override readonly name = 'PlainError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.code = code;
  }
}

export type ErrorCode =
  | 'bad_input' // a file or a value that cannot be used as it is
  | 'not_found'
  | 'conflict' // another copy of the app, a run already in progress, a state that forbids it
  | 'forbidden' // not signed in, or not this person's to do
  | 'no_space' // disk or memory
  | 'damaged' // a file of ours that is not what we wrote
  | 'newer' // written by a newer Plumbline
  | 'engine'; // the training process failed

/** The sentence to show for anything thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
