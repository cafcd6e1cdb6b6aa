import { QueryClient, queryOptions } from '@tanstack/react-query';
import { client, isAway } from './client.ts';
import { onConnectionChange } from './connection.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      networkMode: 'always', // the backend is on this machine; the browser's idea of "online" says nothing about it
      retry: (count, error) => isAway(error) && count < 600,
      retryDelay: 500,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

onConnectionChange((state) => {
  if (state === 'connected') void queryClient.invalidateQueries();
});

/** What more than one screen asks for. A key's first word is the router's; `['runs']` invalidates all of a concern. */
export const queries = {
  me: () => queryOptions({ queryKey: ['project', 'me'], queryFn: () => client.project.me.query(), staleTime: 60_000 }),
  summary: () => queryOptions({ queryKey: ['project', 'summary'], queryFn: () => client.project.summary.query() }),
  stations: () => queryOptions({ queryKey: ['project', 'stations'], queryFn: () => client.project.stations.query() }),
  recent: () => queryOptions({ queryKey: ['project', 'recent'], queryFn: () => client.project.recent.query() }),
  settings: () => queryOptions({ queryKey: ['project', 'settings'], queryFn: () => client.project.settings.query(), staleTime: 60_000 }),
  runs: () => queryOptions({ queryKey: ['runs', 'list'], queryFn: () => client.runs.list.query() }),
  run: (run: string) => queryOptions({ queryKey: ['runs', 'get', run], queryFn: () => client.runs.get.query({ run }) }),
  checkpoints: () => queryOptions({ queryKey: ['compare', 'checkpoints'], queryFn: () => client.compare.checkpoints.query() }),
  reports: () => queryOptions({ queryKey: ['compare', 'list'], queryFn: () => client.compare.list.query() }),
  report: (report: string) => queryOptions({ queryKey: ['compare', 'get', report], queryFn: () => client.compare.get.query({ report }) }),
  ceiling: () => queryOptions({ queryKey: ['team', 'ceiling'], queryFn: () => client.team.ceiling.query(), staleTime: 60_000 }),
  hubToken: () => queryOptions({ queryKey: ['system', 'hub-token'], queryFn: () => client.system.hubToken.query() }),
  doctor: () => queryOptions({ queryKey: ['system', 'doctor'], queryFn: () => client.system.doctor.query(), staleTime: 60_000 }),
};
