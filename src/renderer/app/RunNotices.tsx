import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { RunSummary } from '#shared/api/runs.ts';
import { runEndings } from '#shared/run-endings.ts';
import { TextLink } from '../ui/TextLink.tsx';
import { queries } from './queries.ts';

/** Says, wherever one is, that a run has ended. */
export function RunNotices() {
  const { data: runs } = useQuery(queries.runs());
  const before = useRef(new Map<string, RunSummary['state']>());
  useEffect(() => {
    for (const run of runs ?? []) {
      const last = before.current.get(run.id);
      const words = runEndings[run.state];
      if (last !== undefined && last !== run.state && words && window.location.pathname !== `/train/${run.id}`) {
        notifications.show({
          message: (
            <>
              <TextLink to={`/train/${run.id}`}>{run.name}</TextLink> {words}
            </>
          ),
        });
      }
      before.current.set(run.id, run.state);
    }
  }, [runs]);
  return null;
}
