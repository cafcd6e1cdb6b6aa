import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { WorkQueue } from '#shared/api/labeling.ts';
import { queries } from '../app/queries.ts';
import { Loading } from '../ui/states.tsx';
import { Finished, NotRead } from './Finished.tsx';
import { LabelProgressLine } from './LabelProgressLine.tsx';
import classes from './LabelScreen.module.css';
import type { LabelSession } from './session.ts';
import { useSession, useSessionState } from './use-session.ts';
import { Workplace } from './Workplace.tsx';

interface LabelScreenProps {
  purpose: WorkQueue;
  /** The comparison report of a blind study. */
  report: string | null;
  /** In place of what Label says once nothing is left, with how many were judged. */
  finished?: ((done: number) => ReactNode) | undefined;
}

/** Two texts and the keys that judge them; what there is to say when there are none. */
export function LabelScreen({ purpose, report, finished }: LabelScreenProps) {
  const session = useSession(purpose, report);
  return session ? <Session session={session} report={report} finished={finished} /> : <Waiting />;
}

function Session({ session, report, finished }: Pick<LabelScreenProps, 'report' | 'finished'> & { session: LabelSession }) {
  const state = useSessionState(session);
  const { data: summary } = useQuery(queries.summary());
  const body = () => {
    if (state.phase === 'failed') return <NotRead error={state.error} onRetry={() => void session.start()} />;
    if (state.phase === 'done' && finished) return finished(state.progress?.done ?? 0);
    if (state.phase === 'done') return <Finished session={session} state={state} report={report} />;
    if (state.items.length === 0) return <Waiting />;
    return <Workplace session={session} state={state} demo={report === null && summary?.demo === true} blind={report !== null} />;
  };
  return (
    <>
      <LabelProgressLine state={state} />
      {body()}
    </>
  );
}

function Waiting() {
  return (
    <div className={classes.padded}>
      <Loading words="Reading the next pair" />
    </div>
  );
}
