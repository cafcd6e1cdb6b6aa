import { Text } from '@mantine/core';
import { useThrottledValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { RunDetail, RunSample } from '#shared/api/runs.ts';
import { useCommands } from '../app/keyboard.ts';
import { queries } from '../app/queries.ts';
import { usePageName } from '../ui/Page.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { ErrorState, Loading } from '../ui/states.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { MetricGrid } from './MetricGrid.tsx';
import { RewardReportPanel } from './RewardReportPanel.tsx';
import { RunCharts } from './RunCharts.tsx';
import { RunFolds } from './RunFolds.tsx';
import { RunHeader } from './RunHeader.tsx';
import { RunSigns } from './RunSigns.tsx';
import type { RunSeries } from './run-series.ts';
import { SamplesPanel } from './SamplesPanel.tsx';
import { SftPanel } from './SftPanel.tsx';
import classes from './train.module.css';
import { isActive, useRun, useRunSamples, useRunSeries } from './use-run.ts';

/** One run, live while it goes on: what is maximized, what it costs, and what the policy says now. */
export function RunPage({ id }: { id: string }) {
  const { data: runs } = useQuery(queries.runs());
  const query = useRun(id);
  const run = query.data;
  const active = run ? isActive(run.state) : false;
  const { series, version, pending, error } = useRunSeries(id, active);
  const readVersion = useThrottledValue(version, 250);
  const samples = useRunSamples(id);
  const navigate = useNavigate();
  useCommands({ 'app.close': () => navigate('/train') });
  usePageName(run?.name ?? runs?.find((other) => other.id === id)?.name ?? 'Run');

  if (query.error && !run) {
    return (
      <div className={classes.page}>
        <ErrorState
          error={query.error}
          title="This run could not be read"
          onRetry={() => void query.refetch()}
          actions={<TextLink to="/train">All runs</TextLink>}
        />
      </div>
    );
  }
  if (!run) {
    return (
      <div className={classes.page}>
        <Loading rows={8} words="Reading the run" />
      </div>
    );
  }
  return (
    <div className={classes.page}>
      <RunHeader run={run} />
      <RunSigns run={run} />
      <div className={classes.columns}>
        <div className={classes.evidence}>
          {error && series.steps.length === 0 ? (
            <ErrorState error={error} title="The metrics could not be read">
              The run itself is safe: what it measured is in the project.
            </ErrorState>
          ) : series.steps.length === 0 && !pending ? (
            <Text size="md" c="dimmed" maw="58ch" className={classes.nothingYet}>
              {nothingMeasured(run)}
            </Text>
          ) : (
            <RunCharts run={run} series={series} version={version} />
          )}
          <MetricGrid method={run.method} totalSteps={run.totalSteps} signs={run.signs} series={series} version={readVersion} />
          <RunFolds run={run} />
        </div>
        <div>
          {samples.error && !samples.data && (
            <Text size="md" c="dimmed" role="alert">
              The samples could not be read: {sentenceFor(samples.error)}
            </Text>
          )}
          <Side run={run} series={series} samples={samples.data ?? []} />
        </div>
      </div>
    </div>
  );
}

/** Beside the charts: what the run is judged by when nothing is plotted. */
function Side({ run, series, samples }: { run: RunDetail; series: RunSeries; samples: RunSample[] }) {
  switch (run.method) {
    case 'ppo':
    case 'grpo':
    case 'dpo':
      return <SamplesPanel run={run.id} samples={samples} />;
    case 'reward':
      return <RewardReportPanel run={run} newest={series.latest('rm/held_out_accuracy')} />;
    case 'sft':
      return <SftPanel run={run} series={series} samples={samples} />;
  }
}

function nothingMeasured(run: RunDetail): string {
  if (run.state === 'queued') return 'It waits until the run before it ends, and starts by itself.';
  if (isActive(run.state)) return 'The first step is on its way: the model is read and the first answers are written.';
  return 'It ended before its first step was measured.';
}
