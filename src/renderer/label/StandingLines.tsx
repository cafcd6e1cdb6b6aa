import type { LabelItem } from '#shared/api/labeling.ts';
import type { GuidelineView } from '#shared/api/project.ts';
import { isAway } from '../app/client.ts';
import { useKey } from '../app/key-bindings.ts';
import type { CommandName } from '../app/keys.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { TextButton } from '../ui/TextLink.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { Triangle } from '../ui/Triangle.tsx';
import { wordsOfJudgment } from './answers.ts';
import classes from './StandingLines.module.css';
import type { SessionState } from './session.ts';

interface StandingLinesProps {
  state: SessionState;
  guidelineCommand: CommandName;
  /** Opens the guideline. */
  onGuideline: () => void;
}

/**
 * What a person must know of the pair on screen for as long as it is so, in lines between the texts and the answers, where they cover neither: why the last
 * judgment is not saved, that there is a guideline which they have not read, how they judged this pair before.
 */
export function StandingLines({ state, guidelineCommand, onGuideline }: StandingLinesProps) {
  const { guideline, problem, refused } = state;
  const [item] = state.items;
  const guidelineKey = useKey(guidelineCommand);
  const standing = standingOf(state);
  return (
    <>
      {standing.problem && (
        <p className={classes.line} role="status">
          <Triangle />
          <span>
            <strong>{refused ? 'Not saved. ' : 'Not saved yet, trying again. '}</strong>
            {sentenceFor(problem)}
          </span>
        </p>
      )}
      {standing.guideline && guideline && (
        <p className={classes.line} role="status">
          <span>{newGuidelineWords(guideline)}</span>
          <TextButton onClick={onGuideline}>Read it</TextButton>
          <Kbd keys={guidelineKey} />
        </p>
      )}
      {standing.revisited && item && <Revisited item={item} />}
    </>
  );
}

/** Which of them there are. */
export function standingOf({ items, problem, guidelineIsNew }: SessionState): { problem: boolean; guideline: boolean; revisited: boolean } {
  return { problem: problem !== null && !isAway(problem), guideline: guidelineIsNew, revisited: items[0]?.current != null };
}

function newGuidelineWords({ version, asks }: GuidelineView): string {
  const asked = [...(asks.aspects.length > 0 ? ['ratings'] : []), ...(asks.minimumReason > 0 ? ['a reason'] : [])];
  return `Guideline ${version} is in force from here on.${asked.length > 0 ? ` It asks for ${asked.join(' and ')}.` : ''}`;
}

/** Says of a pair that was judged before how it was, so that judging it again is a choice. */
function Revisited({ item: { current, responses } }: { item: LabelItem }) {
  const leaveKey = useKey('app.close');
  if (!current) return null;
  const shown = responses.map(({ slot }) => slot);
  return (
    <p className={classes.line} role="status">
      <span>
        You judged this: {wordsOfJudgment(current, shown)}, <TimeAgo at={current.decidedAt} />. Judge it again, or <Kbd keys={leaveKey} />{' '}
        to leave it so.
      </span>
    </p>
  );
}
