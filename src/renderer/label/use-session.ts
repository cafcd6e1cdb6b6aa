import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { WorkQueue } from '#shared/api/labeling.ts';
import type { GuidelineView } from '#shared/api/project.ts';
import { client, isAway, isRefusal } from '../app/client.ts';
import { queries } from '../app/queries.ts';
import { draftStore } from './drafts.ts';
import { keepLooking } from './keep-looking.ts';
import { LabelSession, type SessionState, type Transport } from './session.ts';

const transport: Transport = {
  queue: (input) => client.labeling.queue.mutate(input),
  judge: (input) => client.labeling.judge.mutate(input),
  undo: (input) => client.labeling.undo.mutate(input),
  revisit: (input) => client.labeling.revisit.query(input),
  guideline: async () => (await client.project.guidelines.query())[0] ?? null,
};
export const drafts = draftStore(localStorage);

/** The session of this person in this project, once both are known. */
export function useSession(purpose: WorkQueue, report: string | null): LabelSession | null {
  const { data: me } = useQuery(queries.me());
  const { data: summary } = useQuery(queries.summary());
  const cache = useQueryClient();
  const scope = me && summary ? `${summary.path}|${me.personId}|${purpose}|${report ?? ''}` : null;
  const guideline = useRef<GuidelineView | null>(null);
  guideline.current = summary?.guideline ?? null;
  const [session, setSession] = useState<LabelSession | null>(null);

  useEffect(() => {
    if (scope === null) return;
    const next = new LabelSession({
      transport,
      drafts,
      guideline: guideline.current,
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
    const stopLooking = keepLooking(next, window, () => !document.hidden);
    // Counts elsewhere (the rail, the Project screen) are stale once one leaves.
    return () => {
      stopLooking();
      void cache.invalidateQueries({ queryKey: ['project'] });
      void cache.invalidateQueries({ queryKey: ['compare'] });
    };
  }, [scope, purpose, report, cache]);

  return session;
}

export function useSessionState(session: LabelSession): SessionState {
  return useSyncExternalStore(session.subscribe, session.getState);
}
