import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import type { TeamReport } from '#shared/api/team.ts';
import { queries } from '../app/queries.ts';
import { count } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { useRows } from '../ui/use-rows.ts';
import { AgreementBlock } from './AgreementBlock.tsx';
import { BiasBlock } from './BiasBlock.tsx';
import { findingOf } from './finding.ts';
import { useLiveTeam } from './live.ts';
import { Matrix } from './Matrix.tsx';
import { ModelOpinions } from './ModelOpinions.tsx';
import { PeopleTable } from './PeopleTable.tsx';
import { teamQueries } from './queries.ts';
import classes from './ReportPage.module.css';
import { TeamNav } from './TeamNav.tsx';
import team from './team.module.css';

/** What a team's judgments are worth: agreement, what should not decide, one row a person. `?kind=simulated` looks at a simulated team, and says so. */
export function ReportPage() {
  const [parameters, setParameters] = useSearchParams();
  const kind = parameters.get('kind') === 'simulated' ? 'simulated' : 'person';
  const { data: summary } = useQuery(queries.summary());
  const live = useLiveTeam();
  const report = useQuery({ ...teamQueries.report(kind), refetchInterval: live.now.length > 0 ? 10_000 : false });
  const navigate = useNavigate();
  const hasSimulated = (summary?.counts.simulatedJudgments ?? 0) > 0;
  const chooseKind = hasSimulated && (
    <SegmentedControl
      aria-label="Whose judgments"
      value={kind}
      onChange={(value) => setParameters(value === 'simulated' ? { kind: value } : {})}
      data={[
        { value: 'person', label: 'People' },
        { value: 'simulated', label: 'Simulated' },
      ]}
    />
  );

  if (report.error && !report.data) {
    return (
      <Page name="Team">
        <TeamNav />
        <ErrorState error={report.error} title="The team’s judgments could not be read" onRetry={() => void report.refetch()}>
          Judgments are safe; nothing on this page changes them.
        </ErrorState>
      </Page>
    );
  }
  if (!report.data) {
    const judged = summary?.counts.judgments ?? 0;
    return (
      <Page name="Team">
        <TeamNav />
        <Loading rows={6} words={judged > 0 ? `Reading ${count(judged)} judgments` : 'Reading the judgments'} />
      </Page>
    );
  }
  if (report.data.judgments === 0) {
    return (
      <Page name="Team">
        <TeamNav />
        <EmptyState
          title={findingOf(report.data).title}
          actions={
            <>
              <PrimaryButton onClick={() => navigate('/team/people')}>Invite somebody</PrimaryButton>
              {chooseKind}
            </>
          }
        >
          Once people judge, this page says how often they agree, against published annotators; whether side, length or form decide in
          quality’s place; and how each of them is doing.
        </EmptyState>
        <ModelOpinions report={report.data} />
      </Page>
    );
  }
  return <Report report={report.data} live={live} chooseKind={chooseKind} />;
}

function Report({ report, live, chooseKind }: { report: TeamReport; live: ReturnType<typeof useLiveTeam>; chooseKind: React.ReactNode }) {
  const { title, words } = findingOf(report);
  const [opened, setOpened] = useState<string | null>(null);
  const open = (index: number) => {
    const id = report.people[index]?.personId ?? null;
    setOpened(id === opened ? null : id);
  };
  useRows(report.people.length, open);
  const overall = report.agreement.withoutTies;
  return (
    <Page name="Team">
      <TeamNav />
      <PageTitle title={title} actions={chooseKind}>
        {words}
        {report.kind === 'simulated' && ' These judgments are simulated: nobody made them.'}
      </PageTitle>
      <div className={team.blocks}>
        <AgreementBlock report={report} />
        <BiasBlock biases={report.biases} />
      </div>
      <div className={classes.peopleBlock}>
        <section aria-label="People">
          <h2 className={team.sectionTitle}>
            People <span>Each person sees their own row; the lead sees all.</span>
            {live.now.length > 0 && <span role="status">Judging now: {live.now.map(({ name }) => name).join(', ')}</span>}
          </h2>
          <PeopleTable
            people={report.people}
            reference={{ value: overall?.value ?? 0.5, name: 'the team’s agreement' }}
            live={live.latest}
            opened={opened}
            onOpen={setOpened}
            mayRemove={report.kind === 'person'}
          />
        </section>
        <Matrix report={report} />
      </div>
      <ModelOpinions report={report} />
    </Page>
  );
}
