import { Button, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { DemonstratedRun, OverOptimizationDemonstration } from '#shared/api/over-optimization.ts';
import type { RunSummary } from '#shared/api/runs.ts';
import { client } from '../app/client.ts';
import { useCommands } from '../app/keyboard.ts';
import { CourseFigures, rangeOf } from '../charts/CourseFigures.tsx';
import { count, formatDuration } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import classes from './over-optimization.module.css';
import { courseSentence, demonstrationTitle, firstPhase, learningTitle } from './over-optimization-words.ts';
import { isActive } from './use-run.ts';
import { stateWords } from './words.ts';

const name = 'Over-optimization';
const refetchMilliseconds = 4_000;

/** Over-optimization, shown on the demo project: what becomes of gold when a policy is pushed after a reward model, without β and with it. */
export function OverOptimizationPage() {
  const navigate = useNavigate();
  const cache = useQueryClient();
  useCommands({ 'app.close': () => navigate('/train') });
  const query = useQuery({
    queryKey: ['runs', 'over-optimization'],
    queryFn: () => client.overOptimization.get.query(),
    refetchInterval: ({ state: { data } }) =>
      [data?.rewardRun, ...(data?.runs ?? []).map(({ run }) => run)].some((run) => run && isActive(run.state))
        ? refetchMilliseconds
        : false,
  });
  const start = useMutation({
    mutationFn: () => client.overOptimization.start.mutate(),
    onSettled: () => cache.invalidateQueries({ queryKey: ['runs'] }),
  });
  const toTrain = <TextLink to="/train">All runs</TextLink>;
  const found = query.data;

  if (query.error && found === undefined) {
    return (
      <Page name={name}>
        <ErrorState
          error={query.error}
          title="The demonstration could not be read"
          onRetry={() => void query.refetch()}
          actions={toTrain}
        />
      </Page>
    );
  }
  if (found === undefined) {
    return (
      <Page name={name}>
        <Loading rows={6} words="Reading the answers of both runs" />
      </Page>
    );
  }
  if (found === null) {
    return (
      <Page name={name}>
        <EmptyState title="Only the demo project can show this" actions={toTrain}>
          It takes a judge that reads every answer the same way. The requests of the demo project have one, since they were made by a
          grammar; people’s own prompts have none.
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page name={name}>
      {start.error && (
        <Text size="md" c="var(--pl-signal)" role="alert" mb={12}>
          It did not start: {sentenceFor(start.error)}
        </Text>
      )}
      {found.runs.length === 0 ? (
        found.rewardRun && found.rewardRun.state !== 'done' ? (
          <Learning found={found} run={found.rewardRun} starting={start.isPending} onStart={() => start.mutate()} />
        ) : (
          <NotYet found={found} starting={start.isPending} onStart={() => start.mutate()} />
        )
      ) : (
        <Shown found={found} starting={start.isPending} onStart={() => start.mutate()} />
      )}
    </Page>
  );
}

interface StateProps {
  found: OverOptimizationDemonstration;
  starting: boolean;
  onStart: () => void;
}

function NotYet({ found, starting, onStart }: StateProps) {
  const { trainsFirst } = found;
  return (
    <EmptyState
      title="See over-optimization happen"
      actions={
        <>
          {found.refusal === null && (
            <PrimaryButton loading={starting} onClick={onStart}>
              {trainsFirst ? 'Train a reward model, then push both policies' : 'Push both policies'}
            </PrimaryButton>
          )}
          <TextLink to="/train">All runs</TextLink>
        </>
      }
    >
      A reward model stands in for people, and a policy that is pushed hard finds what pleases it and nobody else. Two PPO runs show it: a
      high learning rate in both, without β in the first and with β {found.beta} in the second. At every step both answer{' '}
      {count(found.prompts)} held-out prompts, and a simulated judge that neither run learns from, the grammar behind the demo’s requests,
      says what the answers are worth.
      {trainsFirst && ` ${firstPhase(trainsFirst)}`}
      {found.seconds !== null && ` Pushing both takes about ${formatDuration(found.seconds)}, and the answers some time more.`}
      {found.refusal !== null && (
        <Text span inherit display="block" mt={12} c="var(--mantine-color-text)">
          {found.refusal}
        </Text>
      )}
    </EmptyState>
  );
}

/** The first phase: the reward model that both policies will be pushed after. They follow it by themselves. */
function Learning({ found, run, starting, onStart }: StateProps & { run: RunSummary }) {
  const going = isActive(run.state);
  return (
    <>
      <PageTitle
        title={learningTitle(run)}
        actions={
          <>
            {!going && (
              <Button variant="default" h={36} loading={starting} disabled={found.refusal !== null} onClick={onStart}>
                Start anew
              </Button>
            )}
            <TextLink to={`/train/${run.id}`}>{going ? `See how ${run.name} goes` : `Resume ${run.name} on its page`}</TextLink>
          </>
        }
      >
        {going
          ? 'You can leave this page: both runs are queued when the reward model is trained, and are drawn here.'
          : 'Once it is resumed and done, both runs are queued by themselves.'}
      </PageTitle>
      <ol className={classes.phases}>
        <li aria-current="step">
          <TextLink to={`/train/${run.id}`}>{run.name}</TextLink>, the reward model: {stateWords[run.state]}, step {count(run.step)} of{' '}
          {count(run.totalSteps)}
        </li>
        <li>PPO without β: follows</li>
        <li>PPO with β {found.beta}: follows</li>
      </ol>
    </>
  );
}

function Shown({ found, starting, onStart }: StateProps) {
  const { runs } = found;
  const range = rangeOf(runs.map(({ course }) => course));
  const active = runs.some(({ run }) => isActive(run.state));
  return (
    <>
      <PageTitle
        title={demonstrationTitle(runs)}
        actions={
          <>
            {!active && (
              <Button variant="default" h={36} loading={starting} disabled={found.refusal !== null} onClick={onStart}>
                Push both again
              </Button>
            )}
            <TextLink to={`/train?overlay=${runs.map(({ run }) => run.id).join()}`}>Overlay both runs</TextLink>
          </>
        }
      >
        Gold is simulated: the grammar behind the demo’s requests reads each answer, from −4 to +4. Proxy is the reward model’s score of the
        same answers to {count(found.prompts)} held-out prompts. Steps and learning rate are the same in both.
        {found.rewardRun && (
          <>
            {' '}
            The reward model is that of <TextLink to={`/train/${found.rewardRun.id}`}>{found.rewardRun.name}</TextLink>, which was trained
            for this first.
          </>
        )}
      </PageTitle>
      <div className={classes.courses}>
        {runs.map((one) => (
          <Course key={one.run.id} shown={one} range={range} />
        ))}
      </div>
    </>
  );
}

function Course({ shown, range }: { shown: DemonstratedRun; range: readonly number[] }) {
  const { run, beta, learningRate, course } = shown;
  const title = beta === 0 ? 'Without β' : `β ${beta}`;
  const sentence = courseSentence(shown);
  return (
    <section aria-label={title} className={classes.course}>
      <p className={classes.words}>
        <TextLink to={`/train/${run.id}`}>{run.name}</TextLink>,{' '}
        {run.state === 'done'
          ? `${count(run.step)} steps`
          : `${stateWords[run.state]}, step ${count(run.step)} of ${count(run.totalSteps)}`}
        {sentence && `. ${sentence}`}
      </p>
      {course.length === 0 ? (
        <Text size="md" c="dimmed">
          {isActive(run.state) ? 'Its first answers are on their way.' : 'It ended before it had answered once.'}
        </Text>
      ) : (
        <CourseFigures name={title} note={`learning rate ${learningRate}`} course={course} range={range} steps={run.totalSteps} />
      )}
    </section>
  );
}
