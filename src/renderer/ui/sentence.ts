import { TRPCClientError } from '@trpc/client';
import { sentenceOf } from '#shared/errors.ts';
import { isSignedOut } from '../app/client.ts';
import { signedOutSentence } from '../app/signed-out.ts';

/** The sentence for anything that a call to the backend threw. A refusal is a sentence already; a defect says that it is one. */
export function sentenceFor(error: unknown): string {
  if (isSignedOut(error)) return signedOutSentence();
  if (error instanceof TRPCClientError && error.data?.code === 'BAD_REQUEST' && error.message.startsWith('[')) {
    return 'The backend did not accept what this page sent. Reload the page; if it happens again, this is a defect of Plumbline worth reporting.';
  }
  if (error instanceof TRPCClientError && error.data?.code === 'INTERNAL_SERVER_ERROR' && !error.data?.plain) {
    return `A defect of Plumbline, not of your data: ${error.message}`;
  }
  return sentenceOf(error);
}
