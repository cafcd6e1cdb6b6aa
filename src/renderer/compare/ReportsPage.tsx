import { Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import type { ComparisonReport } from '#shared/api/compare.ts';
import { queries } from '../app/queries.ts';
import { count } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import rowClasses from '../ui/rows.module.css';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { useRows } from '../ui/use-rows.ts';
import { isGoing, mainChallenger, reportWords } from './report.ts';
import { verdictSentence } from './verdict.ts';
import { WinRateCell } from './WinRateCell.tsx';

/** All comparisons, newest first. */
export function ReportsPage() {
  const navigate = useNavigate();
  const query = useQuery({ ...queries.reports(), refetchInterval: ({ state }) => (state.data?.some(isGoing) ? 2_000 : false) });
  const { data: checkpoints = [] } = useQuery(queries.checkpoints());
  const reports = query.data ?? [];
  const { chosen, choose } = useRows(reports.length, (index) => navigate(`/compare/${reports[index]!.id}`));
  const languageModels = checkpoints.filter((checkpoint) => checkpoint.kind !== 'reward');
  const compare = <PrimaryButton onClick={() => navigate('/compare/new')}>Compare checkpoints</PrimaryButton>;

  if (query.error && !query.data) {
    return (
      <Page name="Compare">
        <ErrorState error={query.error} title="The comparisons could not be read" onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  if (!query.data) {
    return (
      <Page name="Compare">
        <Loading rows={5} words="Reading the comparisons" />
      </Page>
    );
  }
  if (reports.length === 0) {
    return (
      <Page name="Compare">
        <EmptyState
          title="No comparisons yet"
          actions={languageModels.length > 1 ? compare : <TextLink to="/train/new?method=ppo">Train a policy to compare with SFT</TextLink>}
        >
          Checkpoints answer the same held-out prompts with the same seeds, side by side. People vote blind on which answer is better, and
          the win rate comes with its interval.
        </EmptyState>
      </Page>
    );
  }
  return (
    <Page name="Compare">
      <PageTitle title={finding(reports)} actions={compare}>
        {count(reports.length)} {reports.length === 1 ? 'comparison' : 'comparisons'}, each on the same prompts and seeds for all of its
        checkpoints. Brackets: 95%; ties count half.
      </PageTitle>
      <Table className={rowClasses.table} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Comparison</Table.Th>
            <Table.Th>Blind win rate</Table.Th>
            <Table.Th ta="right">Votes</Table.Th>
            <Table.Th ta="right">Wait for you</Table.Th>
            <Table.Th ta="right">Prompts</Table.Th>
            <Table.Th ta="right">When</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {reports.map((report, index) => (
            <Table.Tr key={report.id} data-row={index} data-chosen={index === chosen || undefined} onClick={() => choose(index)}>
              <Table.Td>
                <Link to={`/compare/${report.id}`} className={rowClasses.rowLink}>
                  {reportWords(report)}
                </Link>
              </Table.Td>
              <Table.Td>
                {report.state === 'done' ? <WinRateCell measures={mainChallenger(report)} /> : <StateWords report={report} />}
              </Table.Td>
              <Table.Td ta="right">{count(report.votes)}</Table.Td>
              <Table.Td ta="right">{report.votesWaiting > 0 ? count(report.votesWaiting) : ''}</Table.Td>
              <Table.Td ta="right">{count(report.prompts)}</Table.Td>
              <Table.Td ta="right" c="dimmed">
                <TimeAgo at={report.createdAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Page>
  );
}

function StateWords({ report }: { report: ComparisonReport }) {
  const { done, total } = report.progress;
  if (isGoing(report)) return <>{total > 0 ? `answering, ${Math.floor((100 * done) / total)}%` : 'waits its turn'}</>;
  return (
    <Text span inherit c="var(--pl-signal)">
      {report.state === 'stopped' ? 'stopped' : 'failed'}
    </Text>
  );
}

function finding(reports: ComparisonReport[]): string {
  const judged = reports.find((report) => report.votes > 0) ?? reports.find((report) => report.state === 'done');
  const challenger = judged && mainChallenger(judged);
  const reference = judged?.checkpoints[0];
  if (!challenger || !reference) return 'Compare';
  return verdictSentence(challenger.checkpoint.name, reference.checkpoint.name, challenger.winRate);
}
