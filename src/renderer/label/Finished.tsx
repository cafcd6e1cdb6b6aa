import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import { useKey } from '../app/key-bindings.ts';
import { useCommands } from '../app/keyboard.ts';
import { queries } from '../app/queries.ts';
import { count, counted } from '../ui/format.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { EmptyState, ErrorState } from '../ui/states.tsx';
import classes from './LabelScreen.module.css';
import type { LabelSession, SessionState } from './session.ts';

/** The queue has no more for this person. */
export function Finished({ session, state, report }: { session: LabelSession; state: SessionState; report: string | null }) {
  const navigate = useNavigate();
  const role = useQuery(queries.me()).data?.role;
  const isLead = role !== undefined && role !== 'annotator';
  const done = state.progress?.done ?? 0;
  const pace = state.progress?.pace ?? null;
  useCommands({ 'label.undo': () => session.undo() });
  const undo = (
    <Button variant="default" h={36} rightSection={<Kbd keys={useKey('label.undo')} />} onClick={() => session.undo()}>
      Take the last one back
    </Button>
  );
  if (report !== null) {
    return (
      <div className={classes.padded}>
        <EmptyState
          title={done > 0 ? 'You voted on every pair' : 'No pair waits for your vote'}
          actions={
            <>
              {isLead && <PrimaryButton onClick={() => navigate(`/compare/${report}`)}>See the result</PrimaryButton>}
              {done > 0 && undo}
            </>
          }
        >
          {done > 0
            ? `${counted(done, 'blind vote')} ${done === 1 ? 'is' : 'are'} counted. ${isLead ? 'The comparison now shows which checkpoint wrote what.' : 'Whoever leads this project sees what comes of them.'}`
            : 'Pairs of this comparison come here once both checkpoints have answered.'}
        </EmptyState>
      </div>
    );
  }
  if (done === 0) return <NothingYet />;
  return (
    <div className={classes.padded}>
      <EmptyState
        title="You are done for now"
        actions={
          <>
            {isLead && <PrimaryButton onClick={() => navigate('/train/new?method=reward')}>Train a reward model</PrimaryButton>}
            {undo}
          </>
        }
      >
        {counted(done, 'pair')} judged{pace === null ? '' : `, ${count(pace)} an hour`}. {done === 1 ? 'It is' : 'Every one is'} saved. More
        come here by themselves once someone imports or generates them.
      </EmptyState>
    </div>
  );
}

/** Before the first judgment: a project without pairs, or one whose pairs have all the judgments that were asked for. */
function NothingYet() {
  const navigate = useNavigate();
  const summary = useQuery(queries.summary()).data;
  const role = useQuery(queries.me()).data?.role;
  if (!summary || !role) return null;
  const importing = role !== 'annotator' && <PrimaryButton onClick={() => navigate('/data')}>Import a file</PrimaryButton>;
  return (
    <div className={classes.padded}>
      {summary.counts.comparisons === 0 ? (
        <EmptyState title="No pairs to judge yet" actions={importing}>
          {role === 'annotator'
            ? 'Pairs of responses come here, one at a time, for you to say which is better, once whoever invited you has brought them in.'
            : 'Pairs of responses come here, one at a time, for you to say which is better. Import prompts with two responses each, or pairs that someone judged before.'}
        </EmptyState>
      ) : (
        <EmptyState title="No pair waits for you" actions={importing}>
          Each of the project’s pairs has the judgments that were asked for, or somebody is judging it now. More come when someone imports
          or generates them.
        </EmptyState>
      )}
    </div>
  );
}

export function NotRead({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <div className={classes.padded}>
      <ErrorState
        error={error}
        title="The next pair could not be read"
        onRetry={onRetry}
        actions={
          <Button variant="default" component={Link} to="/">
            Open the project
          </Button>
        }
      >
        Judgments made before are saved.
      </ErrorState>
    </div>
  );
}
