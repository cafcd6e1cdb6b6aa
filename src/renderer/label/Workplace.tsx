import { VisuallyHidden } from '@mantine/core';
import { Activity, useEffect, useState } from 'react';
import type { ProjectSummary } from '#shared/api/project.ts';
import { skipDecision } from './answers.ts';
import { ChoicePanel } from './ChoicePanel.tsx';
import { Guideline } from './Guideline.tsx';
import { Notices } from './Notices.tsx';
import { PairWork } from './PairWork.tsx';
import { RankWork } from './RankWork.tsx';
import { ReasonBox } from './ReasonBox.tsx';
import type { LabelSession, SessionState } from './session.ts';
import { useReading } from './use-reading.ts';
import { drafts } from './use-session.ts';
import classes from './Workplace.module.css';
import type { Panel } from './work-props.ts';

interface WorkplaceProps {
  session: LabelSession;
  state: SessionState;
  guideline: ProjectSummary['guideline'];
  demo: boolean;
}

const skipReasons = ['I cannot judge this topic', 'I would have to look it up', 'Broken or unreadable', 'I would rather not read this'];
const flagReasons = ['Harmful or illegal', 'Names a private person', 'Wrong language', 'Prompt makes no sense'];

/** The item on screen, what opens over it, and the guideline beside it. The next item is drawn already, hidden and without keys. */
export function Workplace({ session, state, guideline, demo }: WorkplaceProps) {
  const [panel, setPanel] = useState<Panel>(null);
  const reading = useReading();
  const assignment = state.items[0]?.assignmentId ?? '';

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new item folds what the last one had open
  useEffect(() => {
    setPanel(null);
    reading.foldPrompt();
  }, [assignment]);
  useEffect(() => {
    const note = () => session.noteKey();
    window.addEventListener('keydown', note, true);
    return () => window.removeEventListener('keydown', note, true);
  }, [session]);

  const close = () => setPanel(null);
  return (
    <div className={classes.workplace}>
      <div className={classes.main}>
        {state.items.slice(0, 2).map((item, index) => {
          const Work = item.responses.length > 2 ? RankWork : PairWork;
          const isCurrent = index === 0;
          return (
            <Activity key={item.assignmentId} mode={isCurrent ? 'visible' : 'hidden'}>
              <Work
                item={item}
                session={session}
                reading={reading}
                chosen={isCurrent ? state.chosen : null}
                demo={isCurrent && demo && state.progress?.done === 0}
                flagged={isCurrent && state.flagged !== null}
                reasoned={isCurrent && (panel === 'reason' || drafts.read(assignment) !== '')}
                enabled={isCurrent && panel === null}
                open={setPanel}
              />
            </Activity>
          );
        })}
        <VisuallyHidden role="status">{announcement(state)}</VisuallyHidden>
        <Notices state={state} onRedo={() => session.redo()} />
        {panel === 'reason' && <ReasonBox key={assignment} assignmentId={assignment} onClose={close} />}
        {panel === 'skip' && (
          <ChoicePanel
            title="Skip this pair"
            reasons={skipReasons}
            onClose={close}
            onChoose={(reason) => {
              close();
              session.decide(skipDecision(reason));
            }}
          />
        )}
        {panel === 'flag' && (
          <ChoicePanel
            title="Flag for the lead"
            reasons={flagReasons}
            onClose={close}
            onClear={state.flagged === null ? undefined : () => session.flag(null)}
            onChoose={(reason) => {
              close();
              session.flag(reason);
            }}
          />
        )}
      </div>
      {reading.guideline && <Guideline guideline={guideline} onClose={() => reading.toggle('guideline')} />}
    </div>
  );
}

/** What a screen reader says when an item comes up. */
function announcement({ progress, chosen }: SessionState): string {
  if (!progress) return '';
  if (chosen !== null) return 'Saving';
  return `${progress.done > 0 ? 'Saved. ' : ''}Pair ${progress.done + 1} of ${progress.total}`;
}
