import { type CSSProperties, useEffect, useState } from 'react';
import { useKey } from '../app/key-bindings.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { TextButton } from '../ui/TextLink.tsx';
import classes from './Notices.module.css';
import type { SessionState } from './session.ts';

const noticeMilliseconds = 6_000;

interface NoticesProps {
  state: SessionState;
  /** Lines that stand above the answers. */
  lines: number;
  /** Something is written or rated where it would lie. */
  hidden: boolean;
  onRedo: () => void;
}

/** Bottom left, never over the keys, for a while: what was taken back, or done in another window. */
export function Notices({ state, lines, hidden, onRedo }: NoticesProps) {
  const redoKey = useKey('label.redo');
  const notice = useForAWhile(state.notice);
  if (!notice || hidden) return null;
  return (
    <div className={classes.notices} aria-live="polite" style={{ '--lines': lines } as CSSProperties}>
      <div className={classes.notice}>
        <span>{notice.words}</span>
        {notice.canRedo && (
          <>
            <TextButton onClick={onRedo}>Redo</TextButton>
            <Kbd keys={redoKey} />
          </>
        )}
      </div>
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
