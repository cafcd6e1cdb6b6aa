import { useEffect, useState } from 'react';
import { isAway } from '../app/client.ts';
import { useKey } from '../app/key-bindings.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { TextButton } from '../ui/TextLink.tsx';
import { Triangle } from '../ui/Triangle.tsx';
import classes from './Notices.module.css';
import type { SessionState } from './session.ts';

const noticeMilliseconds = 6_000;

/** Bottom left, never over the keys: what was taken back, and why a judgment is not saved. */
export function Notices({ state, onRedo }: { state: SessionState; onRedo: () => void }) {
  const { problem, refused } = state;
  const redoKey = useKey('label.redo');
  const tookBack = useForAWhile(state.tookBack);
  const shown = problem !== null && !isAway(problem);
  if (!tookBack && !shown) return null;
  return (
    <div className={classes.notices} aria-live="polite">
      {shown && (
        <div className={classes.notice}>
          <Triangle />
          <span>
            <strong>{refused ? 'Not saved. ' : 'Not saved yet, trying again. '}</strong>
            {sentenceFor(problem)}
          </span>
        </div>
      )}
      {tookBack && (
        <div className={classes.notice}>
          <span>{tookBack.words}</span>
          {tookBack.canRedo && (
            <>
              <TextButton onClick={onRedo}>Redo</TextButton>
              <Kbd keys={redoKey} />
            </>
          )}
        </div>
      )}
    </div>
  );
}

/** A notice is read and goes; the key that it names works on. */
function useForAWhile<Value>(value: Value | null): Value | null {
  const [gone, setGone] = useState<Value | null>(null);
  useEffect(() => {
    if (value === null) return;
    const timer = setTimeout(() => setGone(value), noticeMilliseconds);
    return () => clearTimeout(timer);
  }, [value]);
  return value === gone ? null : value;
}
