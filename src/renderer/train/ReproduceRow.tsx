import { Button, Code, Text } from '@mantine/core';
import { useMutation, useMutationState } from '@tanstack/react-query';
import { useState } from 'react';
import type { Reproduction, RunDetail, RunProgress } from '#shared/api/runs.ts';
import { client } from '../app/client.ts';
import { useRunEvents } from '../app/run-events.tsx';
import { FoldRow } from '../ui/FoldRow.tsx';
import { count, formatDuration } from '../ui/format.ts';
import { sentenceFor } from '../ui/sentence.ts';
import { reproductionWords } from './reproduction-words.ts';
import classes from './train.module.css';

/** A done run, done once more from its record alone: whether the same weights come out. */
export function ReproduceRow({ run }: { run: RunDetail }) {
  const mutationKey = ['runs', 'reproduce', run.id];
  const again = useMutation({
    mutationKey,
    mutationFn: () => client.runs.reproduce.mutate({ run: run.id }),
    // Its answer is kept for as long as the window is open: it may take as long as the run took to get it again.
    gcTime: Number.POSITIVE_INFINITY,
  });
  const stop = useMutation({ mutationFn: () => client.runs.stopReproducing.mutate({ run: run.id }) });
  const [last] = useMutationState({
    filters: { mutationKey },
    select: ({ state }) => ({ status: state.status, result: state.data as Reproduction | undefined, error: state.error }),
  }).slice(-1);
  const [progress, setProgress] = useState<RunProgress | null>(null);
  useRunEvents((event) => {
    if (event.kind === 'reproducing' && event.run === run.id) setProgress(event);
  });
  const underWay = last?.status === 'pending';
  const begin = () => {
    setProgress(null);
    again.mutate();
  };
  const seconds = run.endedAt === null ? null : (run.endedAt - run.startedAt) / 1000;
  return (
    <FoldRow
      title="Reproduce"
      summary={underWay ? 'under way' : last?.result ? reproductionWords(last.result).short : 'do it once more from its record'}
    >
      <Text size="md" maw="72ch" mb={12}>
        Does {run.name} once more from what is recorded of it: the same settings, seed, checkpoints and data, in a folder that is removed
        afterwards. It waits until no other run trains and takes as long as the run did
        {seconds === null ? '' : `, ${formatDuration(seconds)}`}. On the same backend{run.backend ? ` (${run.backend})` : ''} the weights
        come out with the same hash.
      </Text>
      {underWay ? (
        <Button variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
          Stop reproducing
        </Button>
      ) : (
        <Button variant="default" onClick={begin}>
          {last?.result ? 'Reproduce again' : 'Reproduce'}
        </Button>
      )}
      <div role="status">
        {underWay && (
          <Text size="md" c="dimmed" mt={8}>
            {progress
              ? `Step ${count(progress.step)} of ${count(progress.totalSteps)}${progress.secondsLeft === null ? '' : `, ${formatDuration(progress.secondsLeft)} left`}.`
              : 'It waits its turn, or reads the model.'}{' '}
            This page may be left; the answer waits here.
          </Text>
        )}
        {!underWay && last?.error && (
          <Text size="md" mt={8}>
            {sentenceFor(last.error)}
          </Text>
        )}
        {!underWay && last?.result && <Answer result={last.result} />}
      </div>
    </FoldRow>
  );
}

function Answer({ result }: { result: Reproduction }) {
  const { finding, why } = reproductionWords(result);
  return (
    <>
      <Text size="md" fw={600} mt={12} {...(result.equal ? {} : { c: 'var(--pl-signal)' })}>
        {finding}
      </Text>
      {why && (
        <Text size="md" maw="72ch">
          {why}
        </Text>
      )}
      <dl className={classes.facts}>
        <dt>Recorded</dt>
        <dd>
          <Code className={classes.hash}>{result.expected}</Code>, on {result.recordedBackend ?? 'a backend that was not recorded'}
        </dd>
        <dt>This time</dt>
        <dd>
          <Code className={classes.hash}>{result.hash}</Code>, on {result.backend ?? 'a backend that did not name itself'}
        </dd>
      </dl>
    </>
  );
}
