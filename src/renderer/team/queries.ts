import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client } from '../app/client.ts';

/** What the Team screen asks for. */
export const teamQueries = {
  report: (kind: 'person' | 'simulated') =>
    queryOptions({ queryKey: ['team', 'report', kind], queryFn: () => client.team.report.query({ kind }), staleTime: 5_000 }),
  mine: () => queryOptions({ queryKey: ['team', 'mine'], queryFn: () => client.team.mine.query(), staleTime: 5_000 }),
  members: () => queryOptions({ queryKey: ['team', 'members'], queryFn: () => client.team.members.query() }),
  origins: () => queryOptions({ queryKey: ['team', 'origins'], queryFn: () => client.team.origins.query(), staleTime: 60_000 }),
  queues: () => queryOptions({ queryKey: ['team', 'queues'], queryFn: () => client.team.queues.query() }),
  judges: () => queryOptions({ queryKey: ['team', 'judges'], queryFn: () => client.team.judges.query() }),
  active: () => queryOptions({ queryKey: ['team', 'active'], queryFn: () => client.team.active.query() }),
  adjudicated: () => queryOptions({ queryKey: ['team', 'adjudicated'], queryFn: () => client.team.adjudicated.query() }),
  remarks: () =>
    infiniteQueryOptions({
      queryKey: ['team', 'remarks'],
      queryFn: ({ pageParam }) => client.team.remarks.query({ before: pageParam }),
      initialPageParam: null as number | null,
      getNextPageParam: (page) => page.next,
    }),
  removed: () => queryOptions({ queryKey: ['team', 'removed'], queryFn: () => client.team.removed.query() }),
};
