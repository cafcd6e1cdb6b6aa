import { VisuallyHidden } from '@mantine/core';
import { useDeferredValue, useEffect, useState } from 'react';
import type { LabelItem } from '#shared/api/labeling.ts';
import { client } from '../app/client.ts';
import { useCommands } from '../app/keyboard.ts';
import { type Decision, skipDecision } from './answers.ts';
import { asksOf, missingOf, nextUnrated } from './asks.ts';
import { ChoicePanel } from './ChoicePanel.tsx';
import { Guideline } from './Guideline.tsx';
import { MinePanel } from './MinePanel.tsx';
import { Notices } from './Notices.tsx';
import { PairWork } from './PairWork.tsx';
import { RankWork } from './RankWork.tsx';
import { RatingsPanel } from './RatingsPanel.tsx';
import { ReasonBox } from './ReasonBox.tsx';
import { Stage } from './Stage.tsx';
import { StandingLines, standingOf } from './StandingLines.tsx';
import type { LabelSession, SessionState } from './session.ts';
import { useReading } from './use-reading.ts';
import { drafts } from './use-session.ts';
import classes from './Workplace.module.css';
import type { Panel } from './work-props.ts';

interface WorkplaceProps {
  session: LabelSession;
  state: SessionState;
  demo: boolean;
  /** A blind vote asks for nothing but the choice. */
  blind: boolean;
}

const skipReasons = ['I cannot judge this topic', 'I would have to look it up', 'Broken or unreadable', 'I would rather not read this'];
const flagReasons = ['Harmful or illegal', 'Names a private person', 'Wrong language', 'Prompt makes no sense'];

/** The item on screen, what opens over it, and the guideline beside it. The next item is drawn already, behind it and without keys. */
export function Workplace({ session, state, demo, blind }: WorkplaceProps) {
  const [panel, setPanel] = useState<Panel>(null);
  /** A decision that waits for what the guideline asks for. */
  const [held, setHeld] = useState<Decision | null>(null);
  const [mine, setMine] = useState(false);
  const reading = useReading();
  const readingBehind = useDeferredValue(reading);
  const current = state.items[0];
  const assignment = current?.assignmentId ?? '';
  const ranked = current !== undefined && isRanked(current);
  const { guideline } = state;
  const asks = asksOf(guideline, blind);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new item folds what the last one had open
  useEffect(() => {
    setPanel(null);
    setHeld(null);
    reading.foldPrompt();
  }, [assignment]);
  useEffect(() => {
    const note = () => session.noteKey();
    window.addEventListener('keydown', note, true);
    return () => window.removeEventListener('keydown', note, true);
  }, [session]);
  useEffect(() => {
    if (reading.guideline) session.readGuideline();
  }, [reading.guideline, session]);

  const close = () => {
    setPanel(null);
    setHeld(null);
  };
  const decide = (decision: Decision) => {
    const missing = current ? missingOf(asks, current, decision, drafts) : null;
    setHeld(missing === null ? null : decision);
    setPanel(missing);
    if (missing === null) session.decide(decision);
  };
  const redo = () => {
    const decision = session.takenBack();
    if (decision) decide(decision);
  };
  const given = () => (held ? decide(held) : setPanel(null));
  const revisit = async (assignmentId: string) => session.revisit(await client.labeling.revisit.query({ assignmentId }));
  const standing = standingOf(state);
  useCommands({ 'label.redo': redo }, panel === null);
  useCommands({ 'app.close': () => session.leave() }, standing.revisited && panel === null && !mine && !reading.guideline);
  const docked = (
    <>
      <StandingLines
        state={state}
        guidelineCommand={ranked ? 'rank.guideline' : 'label.guideline'}
        onGuideline={() => (reading.guideline ? session.readGuideline() : reading.toggle('guideline'))}
      />
      {panel === 'reason' && (
        <ReasonBox key={assignment} assignmentId={assignment} minimum={asks.minimumReason} onDone={given} onClose={close} />
      )}
      {panel === 'ratings' && current && (
        <RatingsPanel key={assignment} item={current} aspects={asks.aspects} onDone={given} onClose={close} />
      )}
    </>
  );
  return (
    <div className={classes.workplace}>
      <div className={classes.main}>
        <VisuallyHidden component="h1">{blind ? 'Blind vote' : 'Label'}</VisuallyHidden>
        <Stage
          items={state.items}
          draw={(item, isCurrent) => {
            const Work = isRanked(item) ? RankWork : PairWork;
            return (
              <Work
                item={item}
                session={session}
                reading={isCurrent ? reading : readingBehind}
                chosen={isCurrent ? state.chosen : null}
                demo={isCurrent && demo && state.progress?.done === 0}
                flagged={isCurrent && state.flagged !== null}
                reasoned={isCurrent && (panel === 'reason' || drafts.read(assignment) !== '')}
                enabled={isCurrent && panel === null}
                readable={isCurrent && (panel === null || panel === 'ratings')}
                decide={decide}
                rated={asks.aspects.length === 0 ? null : nextUnrated(asks.aspects, item, drafts.readRatings(item.assignmentId)) === null}
                mine={mine}
                toggleMine={() => setMine((now) => !now)}
                open={setPanel}
                docked={isCurrent ? docked : null}
              />
            );
          }}
        />
        <VisuallyHidden role="status">{announcement(state)}</VisuallyHidden>
        <Notices
          state={state}
          lines={Object.values(standing).filter(Boolean).length}
          hidden={panel === 'reason' || panel === 'ratings'}
          onRedo={redo}
        />
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
      {mine && (
        <MinePanel
          onClose={() => setMine(false)}
          onChoose={(chosen) => {
            setMine(false);
            void revisit(chosen);
          }}
          judged={state.progress?.done ?? 0}
        />
      )}
      {reading.guideline && !mine && <Guideline guideline={guideline} onClose={() => reading.toggle('guideline')} />}
    </div>
  );
}

const isRanked = ({ responses }: LabelItem) => responses.length > 2;

/** What a screen reader says when an item comes up. */
function announcement({ progress, chosen }: SessionState): string {
  if (!progress) return '';
  if (chosen !== null) return 'Saving';
  return `${progress.done > 0 ? 'Saved. ' : ''}Pair ${progress.done + 1} of ${progress.total}`;
}
