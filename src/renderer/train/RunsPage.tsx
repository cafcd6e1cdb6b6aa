import { Button, Checkbox, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { RunSummary } from '#shared/api/runs.ts';
import { queries } from '../app/queries.ts';
import { count, formatDuration } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import rowClasses from '../ui/rows.module.css';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { Triangle } from '../ui/Triangle.tsx';
import { useRows } from '../ui/use-rows.ts';
import { RunsFinding } from './RunsFinding.tsx';
import { isActive } from './use-run.ts';
import { headlineWords, methodNames, stateWords } from './words.ts';

/** All runs of the project, newest first; two or more of one method can be laid over each other. */
export function RunsPage() {
  const navigate = useNavigate();
  const query = useQuery(queries.runs());
  const { data: checkpoints } = useQuery(queries.checkpoints());
  const { data: summary } = useQuery(queries.summary());
  const runs = query.data ?? [];
  const [overlaid, setOverlaid] = useState<string[]>([]);
  const { chosen, choose } = useRows(runs.length, (index) => navigate(`/train/${runs[index]!.id}`));
  const hasRewardModel = checkpoints?.some((checkpoint) => checkpoint.kind === 'reward') ?? false;
  const newRun = () => navigate(`/train/new?method=${hasRewardModel ? 'ppo' : 'reward'}`);

  if (query.error && !query.data) {
    return (
      <Page name="Train">
        <ErrorState error={query.error} title="The runs could not be read" onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  if (!query.data) {
    return (
      <Page name="Train">
        <Loading rows={6} words="Reading the runs" />
      </Page>
    );
  }
  if (runs.length === 0) {
    return (
      <Page name="Train">
        <EmptyState
          title="No runs yet"
          actions={<PrimaryButton onClick={newRun}>{hasRewardModel ? 'Align with PPO' : 'Train a reward model'}</PrimaryButton>}
        >
          A reward model learns from judgments which response is better. PPO then moves the policy toward what it rewards. Each run, with
          its charts and its samples, is kept here.
        </EmptyState>
      </Page>
    );
  }
  const overlaidMethod = runs.find((run) => overlaid.includes(run.id))?.method;
  return (
    <Page name="Train">
      <PageTitle
        title={<RunsFinding runs={runs} />}
        actions={
          <>
            {overlaid.length > 1 && (
              <Button variant="default" h={36} onClick={() => navigate(`/train?overlay=${overlaid.join(',')}`)}>
                Overlay {overlaid.length} runs
              </Button>
            )}
            {summary?.demo && (
              <Button variant="default" h={36} component={Link} to="/train/over-optimization">
                See over-optimization happen
              </Button>
            )}
            <PrimaryButton onClick={newRun}>New run</PrimaryButton>
          </>
        }
      >
        {count(runs.length)} {runs.length === 1 ? 'run' : 'runs'}. Choose two or more of one method to lay them over each other.
      </PageTitle>
      <Table className={rowClasses.table} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={32} aria-label="Overlay" />
            <Table.Th>Run</Table.Th>
            <Table.Th>Method</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th ta="right">Step</Table.Th>
            <Table.Th ta="right">Result</Table.Th>
            <Table.Td />
            <Table.Th ta="right">When</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run, index) => (
            <Table.Tr key={run.id} data-row={index} data-chosen={index === chosen || undefined} onClick={() => choose(index)}>
              <Table.Td>
                {(overlaidMethod === undefined || overlaidMethod === run.method) && (
                  <Checkbox
                    size="xs"
                    aria-label={`Overlay ${run.name}`}
                    checked={overlaid.includes(run.id)}
                    onChange={({ currentTarget: { checked } }) =>
                      setOverlaid((now) => (checked ? [...now, run.id] : now.filter((id) => id !== run.id)))
                    }
                  />
                )}
              </Table.Td>
              <Table.Td>
                <Link to={`/train/${run.id}`} className={rowClasses.rowLink}>
                  {run.name}
                </Link>
              </Table.Td>
              <Table.Td>
                {methodNames[run.method]}
                {run.simulated && (
                  <Text span inherit c="dimmed">
                    , simulated judgments
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <StateCell run={run} />
              </Table.Td>
              <Table.Td ta="right">
                {count(run.step)}{' '}
                <Text span inherit c="dimmed">
                  of {count(run.totalSteps)}
                </Text>
              </Table.Td>
              <ResultCells run={run} />
              <Table.Td ta="right" c="dimmed">
                <TimeAgo at={run.endedAt ?? run.startedAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Page>
  );
}

function StateCell({ run }: { run: RunSummary }) {
  if (run.state === 'failed' || run.state === 'interrupted') {
    return (
      <Text span inherit c="var(--pl-signal)">
        <Triangle size={9} /> {stateWords[run.state]}
      </Text>
    );
  }
  if (!isActive(run.state)) return <>{stateWords[run.state]}</>;
  const share = run.totalSteps > 0 ? `, ${Math.floor((100 * run.step) / run.totalSteps)}%` : '';
  return (
    <>
      {stateWords[run.state]}
      {run.state !== 'queued' && share}
      {run.secondsLeft !== null && (
        <Text span inherit c="dimmed">
          , {formatDuration(run.secondsLeft)} left
        </Text>
      )}
    </>
  );
}

function ResultCells({ run }: { run: RunSummary }) {
  const words = headlineWords(run.headline);
  return (
    <>
      <Table.Td ta="right" fw={500}>
        {words?.value}
      </Table.Td>
      <Table.Td c="dimmed" pl={0}>
        {words?.name}
      </Table.Td>
    </>
  );
}
