import { queryOptions } from '@tanstack/react-query';
import { client } from '../app/client.ts';

const isGoing = (state: string) => state === 'queued' || state === 'running' || state === 'stopping';

/** What the pages of Models ask for beside what all screens share. */
export const modelQueries = {
  /** Asked again while a model is on its way. */
  transfers: () =>
    queryOptions({
      queryKey: ['models', 'transfers'],
      queryFn: () => client.models.transfers.query(),
      refetchInterval: ({ state }) => (state.data?.some((transfer) => isGoing(transfer.state)) ? 500 : false),
    }),
  origin: (checkpoint: string) =>
    queryOptions({
      queryKey: ['models', 'origin', checkpoint],
      queryFn: () => client.models.origin.query({ checkpoint }),
      staleTime: Number.POSITIVE_INFINITY,
    }),
  removal: (checkpoint: string) =>
    queryOptions({ queryKey: ['models', 'removal', checkpoint], queryFn: () => client.models.removal.query({ checkpoint }) }),
  /** Asked again while the answer grows. */
  asked: (question: string) =>
    queryOptions({
      queryKey: ['models', 'asked', question],
      queryFn: () => client.models.asked.query({ question }),
      refetchInterval: ({ state }) => (!state.data || isGoing(state.data.state) ? 300 : false),
    }),
};
