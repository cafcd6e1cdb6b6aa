import { VisuallyHidden } from '@mantine/core';
import { Activity, useEffect, useRef, useState } from 'react';
import type { ProjectSummary } from '#shared/api/project.ts';
import { settings, useSetting } from '../app/use-setting.ts';
import { AnswerScale } from './AnswerScale.tsx';
import { ChoicePanel } from './ChoicePanel.tsx';
import { Guideline } from './Guideline.tsx';
import { KeyBar } from './KeyBar.tsx';
import { Notices } from './Notices.tsx';
import { Pair } from './Pair.tsx';
import { ReasonBox } from './ReasonBox.tsx';
import type { LabelSession, SessionState } from './session.ts';
import { type OpenPanel, useLabelCommands } from './use-label-commands.ts';
import { drafts } from './use-session.ts';
import classes from './Workplace.module.css';

interface WorkplaceProps {
  session: LabelSession;
  state: SessionState;
  guideline: ProjectSummary['guideline'];
  demo: boolean;
}

const skipReasons = ['I cannot judge this topic', 'I would have to look it up', 'Broken or unreadable', 'I would rather not read this'];
const flagReasons = ['Harmful or illegal', 'Names a private person', 'Wrong language', 'Prompt makes no sense'];

/** The pair, the scale that hangs from the plumb line, and the keys. The next pair is drawn already, hidden behind it. */
export function Workplace({ session, state, guideline, demo }: WorkplaceProps) {
  const [panel, setPanel] = useState<OpenPanel>(null);
  const [difference, setDifference] = useState(false);
  const [guidelineShown, setGuidelineShown] = useState(false);
  const [wholePrompt, setWholePrompt] = useState(false);
  const [size, setSize] = useSetting(settings.readingSize);
  const [together, setTogether] = useSetting(settings.together);
  const [scale] = useSetting(settings.scale);
  const pane = useRef<HTMLDivElement>(null);
  const current = state.items[0];
  const assignment = current?.assignmentId ?? '';

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new pair opens as any other does
  useEffect(() => {
    setPanel(null);
    setWholePrompt(false);
  }, [assignment]);

  useLabelCommands({
    session,
    scale,
    pane,
    open: setPanel,
    toggle: {
      difference: () => setDifference(!difference),
      guideline: () => setGuidelineShown(!guidelineShown),
      prompt: () => setWholePrompt(!wholePrompt),
      together: () => setTogether(!together),
    },
    enabled: panel === null,
    resize: (by) => setSize(Math.min(20, Math.max(14, size + by))),
  });

  return (
    <div className={classes.workplace} data-guideline={guidelineShown || undefined}>
      <div className={classes.main} ref={pane}>
        {state.items.slice(0, 2).map((item, index) => (
          <Activity key={item.assignmentId} mode={index === 0 ? 'visible' : 'hidden'}>
            <Pair
              item={item}
              demo={demo && state.progress?.done === 0}
              difference={difference}
              wholePrompt={wholePrompt}
              onWholePrompt={() => setWholePrompt(!wholePrompt)}
              together={together}
              size={size}
            />
          </Activity>
        ))}
        <VisuallyHidden role="status">{announcement(state)}</VisuallyHidden>
        <Notices state={state} onRedo={() => session.redo()} />
        {panel === 'reason' && current && <ReasonBox key={assignment} assignmentId={assignment} onClose={() => setPanel(null)} />}
        {panel === 'skip' && (
          <ChoicePanel
            title="Skip this pair"
            reasons={skipReasons}
            onClose={() => setPanel(null)}
            onChoose={(reason) => {
              setPanel(null);
              session.skip(reason);
            }}
          />
        )}
        {panel === 'flag' && (
          <ChoicePanel
            title="Flag for the lead"
            reasons={flagReasons}
            onClose={() => setPanel(null)}
            onClear={state.flagged === null ? undefined : () => session.flag(null)}
            onChoose={(reason) => {
              setPanel(null);
              session.flag(reason);
            }}
          />
        )}
        <AnswerScale scale={scale} chosen={state.chosen} onAnswer={(answer) => session.judge(answer)} />
        <KeyBar
          on={{
            difference,
            guideline: guidelineShown,
            flag: state.flagged !== null,
            reason: panel === 'reason' || drafts.read(assignment) !== '',
          }}
        />
      </div>
      {guidelineShown && <Guideline guideline={guideline} onClose={() => setGuidelineShown(false)} />}
    </div>
  );
}

/** What a screen reader says when a pair comes up. */
function announcement({ progress, chosen }: SessionState): string {
  if (!progress) return '';
  if (chosen !== null) return 'Saving';
  return `${progress.done > 0 ? 'Saved. ' : ''}Pair ${progress.done + 1} of ${progress.total}`;
}
