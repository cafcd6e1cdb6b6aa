import { Button, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import type { RunDetail } from '#shared/api/runs.ts';
import { client } from '../app/client.ts';
import { count, formatDuration } from '../ui/format.ts';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import classes from './train.module.css';
import { isActive } from './use-run.ts';
import { runKind, stateWords } from './words.ts';

/** A run's name, where it stands, and what can be done with it now. */
export function RunHeader({ run }: { run: RunDetail }) {
  const cache = useQueryClient();
  const refresh = () => cache.invalidateQueries({ queryKey: ['runs'] });
  const stop = useMutation({ mutationFn: () => client.runs.stop.mutate({ run: run.id }), onSettled: refresh });
  const resume = useMutation({ mutationFn: () => client.runs.resume.mutate({ run: run.id }), onSettled: refresh });
  const finish = useMutation({ mutationFn: () => client.runs.finish.mutate({ run: run.id }), onSettled: refresh });
  const error = stop.error ?? resume.error ?? finish.error;
  return (
    <>
      <header className={classes.head}>
        <div className={classes.headWords}>
          <Title order={1}>{run.name}</Title>
          <Text size="md" c="dimmed">
            {runKind(run)}
          </Text>
        </div>
        <div className={classes.headState}>
          <StateWords run={run} />
          {(run.state === 'running' || run.state === 'queued') && (
            <Button variant="default" loading={stop.isPending} onClick={() => stop.mutate()} leftSection={<StopGlyph />}>
              {run.state === 'queued' ? 'Take out of the queue' : run.step > 0 ? `Stop and keep step ${count(run.step)}` : 'Stop'}
            </Button>
          )}
          {canFinish(run) && (
            <Button variant="default" loading={finish.isPending} onClick={() => finish.mutate()}>
              Keep it as a checkpoint
            </Button>
          )}
          {(run.state === 'stopped' || run.state === 'interrupted') && (
            <PrimaryButton loading={resume.isPending} onClick={() => resume.mutate()}>
              {resumeWords(run)}
            </PrimaryButton>
          )}
          {run.state === 'failed' && (
            <Button variant="default" loading={resume.isPending} onClick={() => resume.mutate()}>
              {resumeWords(run)}
            </Button>
          )}
          {run.state === 'done' && <NextStep run={run} />}
        </div>
      </header>
      {error && (
        <Text size="md" c="var(--pl-signal)" role="alert" mt={8}>
          {sentenceFor(error)}
        </Text>
      )}
    </>
  );
}

/** What a run reached that did not go to its end is its checkpoint if a person says so. */
function canFinish(run: RunDetail): boolean {
  return run.step > 0 && ['stopped', 'interrupted', 'failed'].includes(run.state);
}

/** A stopped run knows its step; one that was cut off goes on from the last state it had saved, which may lie a few steps back. */
function resumeWords(run: RunDetail): string {
  if (run.step === 0) return 'Start again';
  return run.state === 'stopped' ? `Resume from step ${count(run.step)}` : 'Resume from its last state';
}

function StateWords({ run }: { run: RunDetail }) {
  const step = `Step ${count(run.step)} of ${count(run.totalSteps)}`;
  if (isActive(run.state)) {
    return (
      <>
        <Text size="sm">{run.state === 'queued' ? 'Waits its turn' : step}</Text>
        <Text size="sm" c="dimmed">
          {run.state === 'stopping' ? 'stopping' : run.secondsLeft !== null ? `${formatDuration(run.secondsLeft)} left` : ''}
        </Text>
      </>
    );
  }
  return (
    <Text size="sm" c="dimmed">
      {run.state === 'done' ? (
        `${count(run.step)} steps${run.keptStep === null || run.keptStep === run.step ? '' : `, step ${count(run.keptStep)} kept`}`
      ) : (
        <Text span inherit c="var(--mantine-color-text)">
          {stateWords[run.state]} at step {count(run.step)} of {count(run.totalSteps)}
        </Text>
      )}
      {run.endedAt !== null && (
        <>
          , <TimeAgo at={run.endedAt} />
        </>
      )}
    </Text>
  );
}

/** Where the line of work goes on from a finished run. */
function NextStep({ run }: { run: RunDetail }) {
  const navigate = useNavigate();
  if (run.result === null) return null;
  const model = (
    <Button variant="default" component={Link} to={`/models/${run.result.id}`}>
      Open {run.result.name}
    </Button>
  );
  const result = encodeURIComponent(run.result.id);
  if (run.method === 'reward') {
    return (
      <>
        {model}
        <PrimaryButton onClick={() => navigate(`/train/new?method=ppo&reward=${result}`)}>Align with PPO</PrimaryButton>
      </>
    );
  }
  return (
    <>
      {model}
      <PrimaryButton onClick={() => navigate(`/compare/new?with=${result}`)}>Compare with {run.startCheckpoint.name}</PrimaryButton>
    </>
  );
}

function StopGlyph() {
  return (
    <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true" style={{ marginRight: 4 }}>
      <rect x="0.75" y="0.75" width="8.5" height="8.5" rx="1" fill="none" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  );
}
