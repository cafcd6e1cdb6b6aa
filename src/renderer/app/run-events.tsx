import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { RunEvent, RunSummary } from '#shared/api/runs.ts';
import { client } from './client.ts';
import { queries } from './queries.ts';

type Listener = (event: RunEvent) => void;
const Listeners = createContext<Set<Listener> | null>(null);

/**
 * One event stream for the whole page, while it is seen: a browser allows six connections to an origin, and as many pages in the background would hold up every judgment. It
 * keeps the list of runs current, passes every event of a run on to whoever listens with {@link useRunEvents}, and begins anew when another window has opened another project.
 */
export function RunEventsProvider({ enabled, children }: { enabled: boolean; children: ReactNode }) {
  const cache = useQueryClient();
  const [listeners] = useState(() => new Set<Listener>());

  const seen = useSyncExternalStore(onVisibilityChange, () => !document.hidden);
  const missed = useRef(false);

  useEffect(() => {
    if (!enabled) return;
    if (!seen) {
      missed.current = true;
      return;
    }
    if (missed.current) void cache.invalidateQueries();
    missed.current = false;
    const subscription = client.runs.events.subscribe(undefined, {
      onData: (event) => {
        if (event.kind === 'opened') {
          if (cache.getQueryData(queries.summary().queryKey)?.path !== event.path) window.location.assign('/');
          return;
        }
        if (event.kind === 'progress') {
          const { step, totalSteps, secondsLeft } = event;
          cache.setQueryData(queries.runs().queryKey, (runs: RunSummary[] | undefined) =>
            runs?.map((run) => (run.id === event.run ? { ...run, step, totalSteps, secondsLeft } : run)),
          );
        }
        if (event.kind === 'changed') {
          void cache.invalidateQueries({ queryKey: ['runs'] });
          void cache.invalidateQueries({ queryKey: ['project'] });
          void cache.invalidateQueries({ queryKey: ['compare'] });
        }
        for (const listener of listeners) listener(event);
      },
    });
    return () => subscription.unsubscribe();
  }, [enabled, seen, cache, listeners]);

  return <Listeners value={listeners}>{children}</Listeners>;
}

function onVisibilityChange(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

/** Calls `listener` for every event of every run while the component is mounted. */
export function useRunEvents(listener: Listener): void {
  const listeners = useContext(Listeners);
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => {
    if (!listeners) return;
    const call: Listener = (event) => newest.current(event);
    listeners.add(call);
    return () => {
      listeners.delete(call);
    };
  }, [listeners]);
}
