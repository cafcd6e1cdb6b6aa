import { SimpleGrid } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { queries } from '../app/queries.ts';
import { useActiveRun } from '../app/use-active-run.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';
import { findingOf } from './finding.ts';
import { Lately } from './Lately.tsx';
import { Learning } from './Learning.tsx';
import { SimulatedSwitch } from './SimulatedSwitch.tsx';
import { Stations } from './Stations.tsx';

/** Where the project stands and what to do next. */
export default function Project() {
  const summary = useQuery(queries.summary());
  const stations = useQuery(queries.stations());
  const reports = useQuery(queries.reports());
  const { data: agreement = null } = useQuery(queries.ceiling());
  const active = useActiveRun();
  const navigate = useNavigate();
  const error = summary.error ?? stations.error;

  if (error && !(summary.data && stations.data)) {
    return (
      <Page name="Project">
        <ErrorState
          error={error}
          title="The project could not be read"
          onRetry={() => {
            void summary.refetch();
            void stations.refetch();
          }}
        />
      </Page>
    );
  }
  if (!summary.data || !stations.data) {
    return (
      <Page name="Project">
        <Loading rows={6} words="Reading the project" />
      </Page>
    );
  }
  const comparison = reports.data?.find(({ id }) => id === stations.data.verdict.comparison);
  const finding = findingOf(summary.data, stations.data, active, comparison?.votesWaiting ?? null);
  return (
    <Page name={summary.data.name}>
      <PageTitle
        title={finding.title}
        actions={<PrimaryButton onClick={() => navigate(finding.action.to)}>{finding.action.words}</PrimaryButton>}
      >
        {finding.words}
      </PageTitle>
      <Stations stations={stations.data} at={finding.station} active={active} agreement={agreement} />
      <SimpleGrid cols={2} spacing={40} verticalSpacing={40}>
        <Learning />
        <Lately />
        <SimulatedSwitch summary={summary.data} />
      </SimpleGrid>
    </Page>
  );
}
