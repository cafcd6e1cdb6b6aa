import { isAway } from '../app/client.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { TextButton } from '../ui/TextLink.tsx';
import { Triangle } from '../ui/Triangle.tsx';
import classes from './Notices.module.css';
import type { SessionState } from './session.ts';

/** Bottom left, never over the keys: what was taken back, and why a judgment is not saved. */
export function Notices({ state, onRedo }: { state: SessionState; onRedo: () => void }) {
  const { tookBack, problem, refused } = state;
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
              <Kbd keys="Shift+z" />
            </>
          )}
        </div>
      )}
    </div>
  );
}
