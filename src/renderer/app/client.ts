import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, splitLink, TRPCClientError } from '@trpc/client';
import type { AppRouter } from '#server/router.ts';
import { AwayError, observedFetch } from './connection.ts';

const url = '/rpc';

/** tRPC's own init type allows an undefined signal, fetch's does not. */
const rpcFetch = (input: RequestInfo | URL, init?: object) => observedFetch(input, init as RequestInit);

/** The whole backend, on the page's own origin. Mutations travel alone, so that a judgment never waits for a slow query in its batch. */
export const client = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (operation) => operation.type === 'subscription',
      true: httpSubscriptionLink({ url }),
      false: splitLink({
        condition: (operation) => operation.type === 'mutation',
        true: httpLink({ url, fetch: rpcFetch }),
        false: httpBatchLink({ url, fetch: rpcFetch }),
      }),
    }),
  ],
});

/** True when the backend did not answer, so that asking again later is right. */
export function isAway(error: unknown): boolean {
  return error instanceof AwayError || (error instanceof TRPCClientError && error.cause instanceof AwayError);
}

/** True when the page has no session (a browser host opened without its printed link). */
export function isSignedOut(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return false;
  const response = error.meta?.response;
  return error.data?.code === 'UNAUTHORIZED' || (response instanceof Response && response.status === 401);
}

const finalRefusals = ['bad_input', 'not_found', 'conflict', 'forbidden'];

/** True when the backend refused for good, so that sending the same again cannot help (a full disk can be emptied, a wrong value cannot). */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof TRPCClientError) || isAway(error)) return false;
  return finalRefusals.includes(error.data?.plain) || error.data?.code === 'BAD_REQUEST' || error.data?.code === 'FORBIDDEN';
}
