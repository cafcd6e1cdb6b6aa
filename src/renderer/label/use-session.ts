import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { WorkQueue } from '#shared/api/labeling.ts';
import { client, isAway, isRefusal } from '../app/client.ts';
import { queries } from '../app/queries.ts';
import { draftStore } from './drafts.ts';
import { LabelSession, type SessionState, type Transport } from './session.ts';

const transport: Transport = {
  queue: (input) => client.labeling.queue.mutate(input),
  judge: (input) => client.labeling.judge.mutate(input),
  undo: (input) => client.labeling.undo.mutate(input),
};
export const drafts = draftStore(localStorage);

/** The session of this person in this project, once both are known. */
export function useSession(purpose: WorkQueue, report: string | null): LabelSession | null {
  const { data: me } = useQuery(queries.me());
  const { data: summary } = useQuery(queries.summary());
  const cache = useQueryClient();
  const scope = me && summary ? `${summary.path}|${me.personId}|${purpose}|${report ?? ''}` : null;
  const [session, setSession] = useState<LabelSession | null>(null);

  useEffect(() => {
    if (scope === null) return;
    const next = new LabelSession({
      transport,
      drafts,
      storage: localStorage,
      scope,
      purpose,
      report,
      now: Date.now,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      isRefusal,
      isAway,
    });
    setSession(next);
    void next.start();
    // Counts elsewhere (the rail, the Project screen) are stale once one leaves.
    return () => {
      void cache.invalidateQueries({ queryKey: ['project'] });
      void cache.invalidateQueries({ queryKey: ['compare'] });
    };
  }, [scope, purpose, report, cache]);

  return session;
}

export function useSessionState(session: LabelSession): SessionState {
  return useSyncExternalStore(session.subscribe, session.getState);
}
