import { useEffect, useState } from 'react';
import type { GuidelineView } from '#shared/api/project.ts';
import { isAway } from '../app/client.ts';
import { useKey } from '../app/key-bindings.ts';
import type { CommandName } from '../app/keys.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { TextButton } from '../ui/TextLink.tsx';
import { Triangle } from '../ui/Triangle.tsx';
import classes from './Notices.module.css';
import type { SessionState } from './session.ts';

const noticeMilliseconds = 6_000;

interface NoticesProps {
  state: SessionState;
  onRedo: () => void;
  /** Opens the guideline. */
  guidelineCommand: CommandName;
  onGuideline: () => void;
}

/** Bottom left, never over the keys: what was taken back, why a judgment is not saved, and that there is a newer guideline, until it is read. */
export function Notices({ state, onRedo, guidelineCommand, onGuideline }: NoticesProps) {
  const { problem, refused } = state;
  const guidelineKey = useKey(guidelineCommand);
  const redoKey = useKey('label.redo');
  const notice = useForAWhile(state.notice);
  const shown = problem !== null && !isAway(problem);
  if (!notice && !shown && !state.guidelineIsNew) return null;
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
      {state.guideline && state.guidelineIsNew && (
        <div className={classes.notice}>
          <span>{newGuidelineWords(state.guideline)}</span>
          <TextButton onClick={onGuideline}>Read it</TextButton>
          <Kbd keys={guidelineKey} />
        </div>
      )}
      {notice && (
        <div className={classes.notice}>
          <span>{notice.words}</span>
          {notice.canRedo && (
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

function newGuidelineWords({ version, asks }: GuidelineView): string {
  const asked = [...(asks.aspects.length > 0 ? ['ratings'] : []), ...(asks.minimumReason > 0 ? ['a reason'] : [])];
  return `Guideline ${version} is in force from here on.${asked.length > 0 ? ` It asks for ${asked.join(' and ')}.` : ''}`;
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
