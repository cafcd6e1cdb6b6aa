import { useEffect, useState } from 'react';
import { useConnection } from '../app/connection.ts';
import { HeaderMiddle } from '../app/header-slot.tsx';
import { count } from '../ui/format.ts';
import classes from './LabelProgressLine.module.css';
import type { SessionState } from './session.ts';

/** `37 of 60 ▬▬ 41 an hour  52 min this session`, and "not saved yet" while the store does not have a judgment. */
export function LabelProgressLine({ state }: { state: SessionState }) {
  const { progress, unsaved } = state;
  const late = useLate(unsaved > 0);
  const connection = useConnection();
  const waiting = late && <span role="status">{unsaved === 1 ? 'not saved yet' : `${unsaved} not saved yet`}</span>;
  if (connection === 'away') return <HeaderMiddle>{waiting}</HeaderMiddle>;
  if (!progress) return null;
  const { done, total, pace, sessionSeconds } = progress;
  return (
    <HeaderMiddle>
      <span className={classes.count}>
        {count(done)} of {count(total)}
      </span>
      <progress className={classes.bar} value={done} max={Math.max(total, 1)} aria-label={`${done} of ${total} judged`} />
      {waiting || (
        <>
          {pace !== null && <span className={classes.dimmed}>{count(pace)} an hour</span>}
          {sessionSeconds >= 60 && <span className={classes.dimmed}>{count(sessionSeconds / 60)} min this session</span>}
        </>
      )}
    </HeaderMiddle>
  );
}

/** A judgment that is saved within 300 ms needs no words. */
function useLate(waiting: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!waiting) {
      setLate(false);
      return;
    }
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, [waiting]);
  return late;
}
