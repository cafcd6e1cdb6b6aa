import { Button, Progress, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { ComparisonReport } from '#shared/api/compare.ts';
import { client } from '../app/client.ts';
import { useCommands } from '../app/keyboard.ts';
import { queries } from '../app/queries.ts';
import { count } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { ErrorState, Loading } from '../ui/states.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { AnswersPanel } from './AnswersPanel.tsx';
import classes from './compare.module.css';
import { MeasuresTable } from './MeasuresTable.tsx';
import { RewardAgainstKl } from './RewardAgainstKl.tsx';
import { isGoing, mainChallenger } from './report.ts';
import { StudyPanel } from './StudyPanel.tsx';
import { useReading } from './use-reading.ts';
import { verdictSentence, votesOf } from './verdict.ts';

/** One comparison: the finding, the answers side by side, what people voted blind, and what was measured. */
export function ReportPage({ id }: { id: string }) {
  const query = useQuery({ ...queries.report(id), refetchInterval: ({ state }) => (state.data && isGoing(state.data) ? 1_000 : false) });
  const report = query.data;
  if (query.error && !report) {
    return (
      <Page name="Comparison">
        <ErrorState
          error={query.error}
          title="This comparison could not be read"
          onRetry={() => void query.refetch()}
          actions={<TextLink to="/compare">All comparisons</TextLink>}
        />
      </Page>
    );
  }
  if (!report) {
    return (
      <Page name="Comparison">
        <Loading rows={8} words="Reading the comparison" />
      </Page>
    );
  }
  if (isGoing(report)) return <Answering report={report} />;
  if (report.state !== 'done') {
    return (
      <Page name={report.name}>
        <ErrorState
          error={new Error(report.error ?? 'It was stopped before all prompts were answered.')}
          title={`${report.name} has no answers`}
          actions={<TextLink to="/compare/new">Compare again</TextLink>}
        >
          No checkpoint and no judgment was touched.
        </ErrorState>
      </Page>
    );
  }
  return <Finished report={report} />;
}

function Answering({ report }: { report: ComparisonReport }) {
  const cache = useQueryClient();
  const stop = useMutation({
    mutationFn: () => client.compare.stop.mutate({ report: report.id }),
    onSettled: () => cache.invalidateQueries({ queryKey: ['compare'] }),
  });
  const { done, total } = report.progress;
  return (
    <Page name={report.name}>
      <PageTitle
        title={report.name}
        actions={
          <Button variant="default" h={36} loading={stop.isPending} onClick={() => stop.mutate()}>
            Stop
          </Button>
        }
      >
        {report.state === 'queued'
          ? 'It waits until the run before it ends, and starts by itself.'
          : `Each checkpoint answers the same ${count(report.prompts)} prompts: ${count(done)} of ${count(total)} answers so far.`}
      </PageTitle>
      <Progress
        value={total > 0 ? (100 * done) / total : 0}
        size={4}
        radius={2}
        maw={560}
        aria-label="Answers written"
        transitionDuration={0}
      />
      {stop.error && (
        <Text size="md" c="var(--pl-signal)" mt={12} role="alert">
          {sentenceFor(stop.error)}
        </Text>
      )}
    </Page>
  );
}

/** Votes in one sitting. */
const sitting = 20;

function Finished({ report }: { report: ComparisonReport }) {
  const navigate = useNavigate();
  const reading = useReading();
  useCommands({ 'app.close': () => navigate('/compare') });
  const challenger = mainChallenger(report);
  const reference = report.checkpoints[0];
  const votes = challenger?.winRate ? votesOf(challenger.winRate) : 0;
  return (
    <Page name={report.name}>
      <PageTitle
        title={
          challenger && reference ? verdictSentence(challenger.checkpoint.name, reference.checkpoint.name, challenger.winRate) : report.name
        }
        actions={
          report.votesWaiting > 0 && (
            <PrimaryButton onClick={() => navigate(`/compare/${report.id}/vote`)}>
              Judge the next {Math.min(sitting, report.votesWaiting)}
            </PrimaryButton>
          )
        }
      >
        {votes > 0 ? `${count(votes)} blind votes on ` : ''}
        {count(report.prompts)} held-out prompts, answered by {report.checkpoints.length} checkpoints with the same seeds
        {report.votesWaiting > 0 ? `; ${count(report.votesWaiting)} pairs wait for your vote` : ''}.
      </PageTitle>
      <AnswersPanel report={report} reading={reading} />
      <div className={classes.below}>
        {challenger && reference && <StudyPanel report={report} challenger={challenger} reference={reference} />}
        <div className={classes.measured}>
          <MeasuresTable report={report} />
          <RewardAgainstKl report={report} />
        </div>
      </div>
    </Page>
  );
}
